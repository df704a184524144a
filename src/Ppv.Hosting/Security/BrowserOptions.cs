namespace Ppv.Hosting.Security;

/// <summary>What a host allows of browsers; a gateway sets it from its own options.</summary>
internal sealed class BrowserOptions
{
    public IReadOnlyList<string> AllowedOrigins { get; set; } = [];
}
