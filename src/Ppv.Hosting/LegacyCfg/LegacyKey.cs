namespace Ppv.Hosting;

/// <summary>A key of the old files, <c>Section:name</c>, and the configuration path that it sets now.</summary>
internal sealed record LegacyKey(string Name, string Path, LegacyForm Form = LegacyForm.Text);
