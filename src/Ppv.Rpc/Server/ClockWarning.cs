using Microsoft.Extensions.Logging;
using Ppv.Rpc.Clocks;

namespace Ppv.Rpc.Server;

/// <summary>
/// Tells the log that the clock of who sends requests and ours differ, once in a while, however many requests show it. Safe for use by
/// several threads.
/// </summary>
internal sealed class ClockWarning(ILogger logger, TimeProvider timeProvider)
{
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private long? _said;

    /// <summary>A request shows that the clocks differ.</summary>
    /// <param name="id">The request.</param>
    /// <param name="senderIsBehindBy">See <see cref="RequestTimes.SenderIsBehindBy"/>.</param>
    public void Note(string id, TimeSpan senderIsBehindBy)
    {
        lock (_gate)
        {
            if (_said is { } said && timeProvider.GetElapsedTime(said) < Silence) return;
            _said = timeProvider.GetTimestamp();
        }

        if (senderIsBehindBy > TimeSpan.Zero) ServerLog.SenderIsBehind(logger, id, Spans.About(senderIsBehindBy));
        else ServerLog.SenderIsAhead(logger, id, Spans.About(senderIsBehindBy));
    }
}
