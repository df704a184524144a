using Ppv.Protocol;

namespace Ppv.Hosting.Worker.Lines;

/// <summary>How a line stands.</summary>
/// <param name="Line">The line.</param>
/// <param name="IsBusy">Whether a command is under way on it.</param>
/// <param name="Waiting">How many commands wait for it, that one not among them.</param>
/// <param name="Lease">The lease that holds it, where there are leases.</param>
/// <param name="RestsUntil">Until when nobody gets it, where that is not over.</param>
internal sealed record LineStatus(LineNumber Line, bool IsBusy, int Waiting = 0, Lease? Lease = null, DateTimeOffset? RestsUntil = null);
