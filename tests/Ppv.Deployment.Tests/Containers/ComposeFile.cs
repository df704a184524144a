namespace Ppv.Deployment.Tests.Containers;

/// <summary>
/// The parts of the Compose specification (https://github.com/compose-spec/compose-spec) that samples/deploy/compose.yaml uses. A key that
/// stands elsewhere, is misspelt or has a value of another form is an error.
/// </summary>
internal sealed class ComposeFile
{
    public string Name { get; set; } = "";

    public Dictionary<string, ComposeService> Services { get; set; } = [];

    public Dictionary<string, ComposeSecret> Secrets { get; set; } = [];

    public Dictionary<string, Dictionary<string, string>> Volumes { get; set; } = [];
}

internal sealed class ComposeService
{
    public string Image { get; set; } = "";

    public string Restart { get; set; } = "";

    public string? Hostname { get; set; }

    public bool ReadOnly { get; set; }

    public List<string> CapDrop { get; set; } = [];

    public List<string> SecurityOpt { get; set; } = [];

    public List<string> Tmpfs { get; set; } = [];

    public List<string> Command { get; set; } = [];

    public Dictionary<string, string> Environment { get; set; } = [];

    public List<ComposeSecretUse> Secrets { get; set; } = [];

    public List<string> Ports { get; set; } = [];

    public List<string> Volumes { get; set; } = [];

    public string? StopGracePeriod { get; set; }

    public ComposeHealthcheck? Healthcheck { get; set; }
}

internal sealed class ComposeSecretUse
{
    public string Source { get; set; } = "";

    public string Target { get; set; } = "";
}

internal sealed class ComposeSecret
{
    public string Environment { get; set; } = "";
}

internal sealed class ComposeHealthcheck
{
    public List<string> Test { get; set; } = [];

    public string Interval { get; set; } = "";

    public string Timeout { get; set; } = "";

    public int Retries { get; set; }

    public string StartPeriod { get; set; } = "";
}
