namespace Ppv.Rpc;

/// <summary>Whether requests can pass, and if not, why. Immutable.</summary>
/// <param name="IsReady">The topology is in place and messages are consumed. Connected alone is not ready.</param>
/// <param name="Description">A sentence for a person, such as which host is in use or what the last error was. Holds no secrets.</param>
public sealed record ConnectionStatus(bool IsReady, string Description);
