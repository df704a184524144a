namespace Ppv.Hosting.Running;

/// <summary>A loop without which the program does no work, whatever else it still answers.</summary>
/// <param name="Name">Whose it is: <c>gateway</c> or <c>worker</c>.</param>
/// <param name="IsHanging">Whether it is stuck in a step that should have ended; only a new process helps then.</param>
internal sealed record WatchedLoop(string Name, Func<bool> IsHanging);
