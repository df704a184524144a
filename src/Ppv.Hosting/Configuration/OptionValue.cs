namespace Ppv.Hosting.Configuration;

/// <summary>One option. The value is for comparing only: it may be a password.</summary>
internal sealed record OptionValue(string Path, string Value);
