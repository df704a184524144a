using Ppv.Protocol.Text;
using Ppv.Rpc.Clocks;

namespace Ppv.Rpc.Server;

/// <summary>
/// Keeps in mind that the clock of who sends requests and ours differ, and tells the log so once in a while, however many requests show it.
/// Safe for use by several threads.
/// </summary>
internal sealed class ClockWarning(PlainLogger logger, TimeProvider timeProvider)
{
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private long? _said, _seen;
    private TimeSpan _difference;

    /// <summary>That they differ, as a sentence, while a request of the last 10 min has shown it; else <see langword="null"/>.</summary>
    public string? Trouble
    {
        get
        {
            lock (_gate)
            {
                if (_seen is not { } seen || timeProvider.GetElapsedTime(seen) >= Silence) return null;
                return _difference > TimeSpan.Zero
                    ? $"A gateway's clock is about {Spans.About(_difference)} behind this worker's, and its orders come too late by that. "
                        + "Set the clocks right."
                    : $"A gateway's clock is about {Spans.About(_difference)} ahead of this worker's. Set the clocks right.";
            }
        }
    }

    /// <summary>A request shows that the clocks differ.</summary>
    /// <param name="id">The request.</param>
    /// <param name="senderIsBehindBy">See <see cref="RequestTimes.SenderIsBehindBy"/>.</param>
    public void Note(string id, TimeSpan senderIsBehindBy)
    {
        lock (_gate)
        {
            (_seen, _difference) = (timeProvider.GetTimestamp(), senderIsBehindBy);
            if (_said is { } said && timeProvider.GetElapsedTime(said) < Silence) return;
            _said = timeProvider.GetTimestamp();
        }

        if (senderIsBehindBy > TimeSpan.Zero) ServerLog.SenderIsBehind(logger, id, Spans.About(senderIsBehindBy));
        else ServerLog.SenderIsAhead(logger, id, Spans.About(senderIsBehindBy));
    }
}
