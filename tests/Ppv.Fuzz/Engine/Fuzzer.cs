namespace Ppv.Fuzz.Engine;

/// <summary>
/// Feeds a target with changed inputs of its corpus. An input that leads to something new is changed further. Not for use by several
/// threads.
/// </summary>
internal sealed class Fuzzer(FuzzTarget target, Watch watch, IReadOnlyList<byte[]> corpus, int seed) : IAsyncDisposable
{
    private const int MostKept = 5_000;
    private readonly Random _random = new(seed);
    private readonly Mutator _mutator = new(new Random(seed + 1), target.Dictionary, target.MaxLength);
    private readonly Runner _runner = new(target, watch);
    private readonly List<byte[]> _pool = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Finding> _findings = new(StringComparer.Ordinal);
    private bool _isReplayed;

    public FuzzTarget Target => target;

    /// <summary>How many inputs were run.</summary>
    public long Inputs { get; private set; }

    /// <summary>How many inputs are changed further.</summary>
    public int Kept => _pool.Count;

    /// <summary>One finding for each cause, shortened.</summary>
    public IReadOnlyCollection<Finding> Findings => _findings.Values;

    /// <summary>Whether no more inputs can be run.</summary>
    public bool IsStuck => _runner.IsStuck;

    /// <summary>Runs the corpus once.</summary>
    public async Task ReplayAsync()
    {
        _isReplayed = true;
        _pool.Add([]);
        foreach (var input in corpus)
        {
            if (IsStuck) return;
            _pool.Add(input);
            await TryAsync(input);
        }
    }

    /// <summary>Runs the corpus if it was not, and then changed inputs until the time is over or as many were run.</summary>
    public async Task RunAsync(TimeSpan time, long most = long.MaxValue)
    {
        var begun = TimeProvider.System.GetTimestamp();
        if (!_isReplayed) await ReplayAsync();
        while (!IsStuck && Inputs < most && TimeProvider.System.GetElapsedTime(begun) < time)
            await TryAsync(_mutator.Change(Any(), Any()));
    }

    /// <summary>Runs one input.</summary>
    /// <returns>The promise it breaks, if any: the first finding of its cause.</returns>
    public async Task<Finding?> TryAsync(byte[] input)
    {
        Inputs++;
        var finding = await _runner.RunAsync(input);
        if (finding is not null)
        {
            if (_findings.TryGetValue(finding.Signature, out var known)) return known;
            _findings[finding.Signature] = finding;
            return _findings[finding.Signature] = await Minimiser.ShortenAsync(finding, _runner);
        }

        var isNew = false;
        foreach (var what in _runner.Seen) isNew |= _seen.Add(what);
        if (isNew && _pool.Count < MostKept) _pool.Add(input);
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        if (!IsStuck) await target.DisposeAsync(); // What is stuck may hold what it would close.
    }

    /// <summary>Half of the time one of those that came last.</summary>
    private byte[] Any() => _random.Next(2) == 0 ? _pool[_random.Next(_pool.Count)] : _pool[^(_random.Next(Math.Min(_pool.Count, 32)) + 1)];

}
