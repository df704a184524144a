namespace Ppv.Rpc.Connection;

/// <summary>Somebody wants another host to be used.</summary>
/// <param name="Host">Its index.</param>
/// <param name="Done">Ends when that is so, or with what stands against it.</param>
internal sealed record SwitchRequest(int Host, TaskCompletionSource Done);
