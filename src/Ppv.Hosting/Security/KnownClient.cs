namespace Ppv.Hosting.Security;

/// <summary>A client that has shown its key.</summary>
internal sealed record KnownClient(string Name, string Owner, PpvAccessRole Role);
