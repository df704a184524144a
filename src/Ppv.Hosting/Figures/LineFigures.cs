using Ppv.Protocol;

namespace Ppv.Hosting.Figures;

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
