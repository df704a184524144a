namespace Ppv.Hosting.LegacyCfg;

/// <summary>A key of the old files, in lower case, and the configuration path that it sets now.</summary>
internal sealed record LegacyKey(string Section, string Name, string Path, LegacyForm Form = LegacyForm.Text)
{
    /// <summary>As messages name it.</summary>
    public override string ToString() => $"[{Section}] {Name}";
}
