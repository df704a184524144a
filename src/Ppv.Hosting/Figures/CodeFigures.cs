using Ppv.Hosting.Telemetry;

namespace Ppv.Hosting.Figures;

/// <summary>
/// How often each code was answered over 5 minutes, an hour and a day. Codes are told apart up to a limit, the others are counted together
/// (<see cref="CodeLabels"/>), so the memory is bounded. Safe for use by several threads.
/// </summary>
internal sealed class CodeFigures(TimeProvider timeProvider)
{
    private const int DifferentCodes = 50;

    private readonly Lock _gate = new();
    private readonly CodeLabels _labels = new(DifferentCodes);
    private readonly Window[] _windows =
    [
        new("5 min", TimeSpan.FromSeconds(5), 60),
        new("1 h", TimeSpan.FromMinutes(1), 60),
        new("24 h", TimeSpan.FromMinutes(15), 96),
    ];

    /// <summary>A code was answered, now.</summary>
    public void Record(string code)
    {
        var (label, now) = (_labels.Of(code), timeProvider.GetUtcNow());
        lock (_gate)
        {
            foreach (var window in _windows) window.Add(label, now);
        }
    }

    /// <summary>All windows, the shortest first; in each, the most frequent code first.</summary>
    public IReadOnlyList<BoardCodes> Read()
    {
        var now = timeProvider.GetUtcNow();
        lock (_gate) return [.. _windows.Select(window => window.Read(now))];
    }

    /// <summary>A span of time that moves on by steps, and what was counted in each of them.</summary>
    private sealed class Window(string name, TimeSpan step, int steps)
    {
        private readonly (long Step, Dictionary<string, long> Counts)[] _ring =
            [.. Enumerable.Range(0, steps).Select(_ => (-1L, new Dictionary<string, long>(StringComparer.Ordinal)))];

        public void Add(string code, DateTimeOffset now)
        {
            var current = now.UtcTicks / step.Ticks;
            ref var place = ref _ring[current % steps];
            if (place.Step != current)
            {
                place.Step = current;
                place.Counts.Clear();
            }

            place.Counts[code] = place.Counts.GetValueOrDefault(code) + 1;
        }

        public BoardCodes Read(DateTimeOffset now)
        {
            var current = now.UtcTicks / step.Ticks;
            var sums = new Dictionary<string, long>(StringComparer.Ordinal);
            foreach (var (_, counts) in _ring.Where(place => place.Step > current - steps && place.Step <= current))
            {
                foreach (var (code, count) in counts) sums[code] = sums.GetValueOrDefault(code) + count;
            }

            var sorted = sums.OrderByDescending(sum => sum.Value).ThenBy(sum => sum.Key, StringComparer.Ordinal);
            return new BoardCodes(name, sums.Values.Sum(), [.. sorted.Select(sum => new BoardCode(sum.Key, sum.Value))]);
        }
    }
}
