namespace Ppv.Hosting.Figures;

/// <summary>
/// What other programs have told of their hops, as long as they do. It grows while a board is watched: each report has the last minute.
/// Safe for use by several threads.
/// </summary>
internal sealed class FarFigures(TimeProvider timeProvider)
{
    /// <summary>More programs than any site has: what strangers send does not fill the memory.</summary>
    public const int MaxPrograms = 50;

    /// <summary>As long as the steps are shown.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(HopFigures.StepSeconds * HopFigures.Steps);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Program> _programs = [];
    private DateTimeOffset? _leftOutAt;

    /// <summary>What is left out of the figures, as a sentence; <see langword="null"/> when nothing is.</summary>
    public string? LeftOut
    {
        get
        {
            lock (_gate)
                return _leftOutAt is { } at && timeProvider.GetUtcNow() - at <= Kept
                    ? FormattableString.Invariant(
                        $"More than {MaxPrograms} programs tell figures of theirs; those of the others are left out.")
                    : null;
        }
    }

    /// <summary>A program has told.</summary>
    public void Take(FiguresReport report)
    {
        var now = timeProvider.GetUtcNow();
        lock (_gate)
        {
            foreach (var (id, old) in _programs.Where(program => now - program.Value.LastTold > Kept).ToList()) _programs.Remove(id);
            if (!_programs.TryGetValue(report.From, out var program))
            {
                if (_programs.Count == MaxPrograms)
                {
                    _leftOutAt = now;
                    return;
                }

                _programs[report.From] = program = new Program();
            }

            program.LastTold = now;
            foreach (var (name, steps) in report.Hops.Where(static hop => HopNames.All.Contains(hop.Key)))
            {
                if (!program.Hops.TryGetValue(name, out var figures)) program.Hops[name] = figures = new HopFigures(timeProvider);
                foreach (var numbers in steps)
                {
                    var (step, tally) = FiguresReport.TallyOf(numbers);
                    figures.Replace(step, tally);
                }
            }
        }
    }

    /// <summary>A hop's figures, of each program that has it.</summary>
    public IReadOnlyList<HopFigures> Of(string hop)
    {
        lock (_gate) return [.. _programs.Values.Select(program => program.Hops.GetValueOrDefault(hop)).OfType<HopFigures>()];
    }

    private sealed class Program
    {
        public Dictionary<string, HopFigures> Hops { get; } = new(StringComparer.Ordinal);

        public DateTimeOffset LastTold { get; set; }
    }
}
