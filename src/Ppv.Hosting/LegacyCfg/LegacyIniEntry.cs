namespace Ppv.Hosting.LegacyCfg;

/// <summary>A value as it stands in the file, not interpolated, and the number of the line that its key is on.</summary>
internal sealed record LegacyIniEntry(string Value, int Line);
