using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Hosting;

/// <summary>What passed on each of Wizard's lines last. Safe for use by several threads.</summary>
internal sealed class LineFigures
{
    /// <summary>How many exchanges are kept of a line.</summary>
    public const int Kept = 20;

    private readonly Track?[] _tracks = new Track?[LineNumber.Max + 1];

    /// <summary>A command on a line has ended.</summary>
    public void Record(LineNumber line, WizardExchange exchange)
    {
        var track = _tracks[line.Value] ?? Interlocked.CompareExchange(ref _tracks[line.Value], new Track(), null) ?? _tracks[line.Value]!;
        track.Add(exchange);
    }

    /// <summary>The last exchanges on a line, the newest first.</summary>
    public IReadOnlyList<WizardExchange> Last(int line) =>
        line >= 0 && line < _tracks.Length && _tracks[line] is { } track ? track.Read() : [];

    /// <summary>Which of the last call's commands were answered OK on a line.</summary>
    public LineProgress Progress(int line) => _tracks[line]?.Progress ?? default;

    private sealed class Track
    {
        private readonly Lock _gate = new();
        private readonly Queue<WizardExchange> _last = new(Kept + 1);
        private LineProgress _progress;

        public LineProgress Progress
        {
            get { lock (_gate) return _progress; }
        }

        public void Add(WizardExchange exchange)
        {
            lock (_gate)
            {
                _last.Enqueue(exchange);
                if (_last.Count > Kept) _last.Dequeue();
                _progress = _progress.After(exchange);
            }
        }

        public IReadOnlyList<WizardExchange> Read()
        {
            lock (_gate) return [.. _last.Reverse()];
        }
    }
}

/// <summary>A command that was sent on a line, or was about to be, and what became of it.</summary>
/// <param name="At">When it was to be sent.</param>
/// <param name="Order">The order, as the log must not show it.</param>
/// <param name="Outcome">What is known.</param>
/// <param name="Code">What its caller was told.</param>
/// <param name="Elapsed">How long it took.</param>
internal sealed record WizardExchange(DateTimeOffset At, PpvOrder Order, RpcOutcome Outcome, string Code, TimeSpan Elapsed);

/// <summary>How far the last call on a line came.</summary>
/// <param name="Latest">The last exchange; <see langword="null"/> when there was none.</param>
/// <param name="Event">Whether its EV was answered OK.</param>
/// <param name="Subscriber">Whether its EN was.</param>
/// <param name="Confirm">Whether its UP was.</param>
internal readonly record struct LineProgress(WizardExchange? Latest, bool Event, bool Subscriber, bool Confirm)
{
    /// <summary>A call that goes on after its confirm buys something else, so it begins anew.</summary>
    public LineProgress After(WizardExchange next)
    {
        var goesOn = Latest is { } last && last.Order.ConnectionId == next.Order.ConnectionId
            && last.Order.Command.Kind != PpvCommandKind.Confirm;
        var (before, isOk) = (goesOn ? this : default, next is { Outcome: RpcOutcome.Completed, Code: ResultCodes.Ok });
        return next.Order.Command.Kind switch
        {
            PpvCommandKind.Event => before with { Latest = next, Event = isOk },
            PpvCommandKind.Subscriber => before with { Latest = next, Subscriber = isOk },
            _ => before with { Latest = next, Confirm = isOk },
        };
    }
}
