using Microsoft.Extensions.Options;
using Ppv.Hosting.Telemetry;
using Ppv.Protocol;

namespace Ppv.Hosting.Worker.Lines;

/// <summary>
/// The old way: the formula's line for every command, whoever else uses it, one command at a time. There are no leases, and nothing is
/// checked.
/// </summary>
internal sealed class ModuloLines(LineScheduler lines, IOptions<PpvServerOptions> options) : ILineAllocator
{
    private static readonly Dictionary<string, int> NoLeases = new() { [""] = 0 };
    private readonly WorkerOptions _server = options.Value.Server;
    private readonly LineRange _range = new(options.Value.Server.FirstLine, options.Value.Server.LastLine);

    public LineUse Use => new(lines.BusyLines, NoLeases, _range.Count);

    public IReadOnlyList<LineStatus> Lines
    {
        get
        {
            var inUse = lines.InUse;
            IEnumerable<LineNumber> all = _range.Lines();
            if (_server.NoConnIdLine is { } line) all = all.Append(new LineNumber(line)).Order();
            return [.. all.Select(number => inUse.TryGetValue(number, out var waiting)
                ? new LineStatus(number, IsBusy: true, waiting)
                : new LineStatus(number, IsBusy: false))];
        }
    }

    public bool Told(PpvOrder order, bool isOk) => false;

    public async ValueTask<LineAccess> AcquireAsync(
        PpvOrder order, DateTimeOffset deadline, CancellationToken cancellationToken, Action? onTakesAway = null)
    {
        if (LineOf(order.ConnectionId) is not { } line) return new LineAccess(new LineDecision(LineVerdict.NoLine));
        var use = await lines.AcquireAsync(line, deadline, cancellationToken).ConfigureAwait(false);
        return use is null
            ? new LineAccess(new LineDecision(LineVerdict.TooLate))
            : new LineAccess(new LineDecision(LineVerdict.Granted, line), (_, _) => Leave(use));
    }

    private LineNumber? LineOf(ConnectionId? call) =>
        call is not null ? LineFormula.LineOf(call, _range)
        : _server.NoConnIdLine is { } line ? new LineNumber(line)
        : null;

    private static Lease? Leave(IDisposable use)
    {
        use.Dispose();
        return null;
    }
}
