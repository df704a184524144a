namespace Ppv.Samples.Cli.Routes;

/// <summary>When what passed on the connection that carries one request and its answer.</summary>
internal sealed class HttpExchange(RouteClock clock)
{
    private readonly List<Hop> _connecting = [];
    private DateTimeOffset? _firstWritten, _written, _firstRead, _lastRead;

    /// <summary>When the first byte of the request was handed to the network; <see langword="null"/> when none was.</summary>
    public DateTimeOffset? Sent => _firstWritten;

    /// <summary>When the last byte of the answer was read; now, when none was.</summary>
    public DateTimeOffset Answered => _lastRead ?? clock.Now;

    public DateTimeOffset Now => clock.Now;

    public void Connected(IEnumerable<Hop> hops) => _connecting.AddRange(hops);

    public void Writing() => _firstWritten ??= clock.Now;

    public void Wrote() => _written = clock.Now;

    public void Read()
    {
        if (_firstWritten is null) return;
        _lastRead = clock.Now;
        _firstRead ??= _lastRead;
    }

    /// <summary>The parts of the way until a moment; those that did not come about are missing.</summary>
    public IReadOnlyList<Hop> Hops(DateTimeOffset end)
    {
        var hops = new List<Hop>(_connecting);
        if (_firstWritten is not { } first) return hops;
        var written = _written is { } wrote && wrote < end ? wrote : first;
        if (_firstRead is { } before && before < written) written = before;
        hops.Add(new Hop("send", first, written));
        hops.Add(new Hop("wait", written, _firstRead ?? end));
        if (_firstRead is { } read) hops.Add(new Hop("receive", read, end));
        return hops;
    }
}
