using Ppv.Hosting.Board.State;
using Ppv.Hosting.Figures;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Presence;

namespace Ppv.Hosting.Board.Views;

/// <summary>
/// The gateways and workers on the bus that share a queue with this program: asked once a second while somebody watches, and their figures
/// are kept. Where nobody can be asked this program's own parts are shown, and those that were known before as they were. Safe for use by
/// several threads.
/// </summary>
internal sealed class BusMembers(BoardSources sources, IBoardMembers own, FarFigures far) : IBoardMembers
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(900);
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(5);

    private readonly HashSet<string> _queues = [.. sources.Links.SelectMany(link => link.Queues)];
    private readonly Lock _gate = new();
    private readonly MemberTable _table = new();
    private Task _asking = Task.CompletedTask;
    private long? _askedAt, _toldAt;
    private int _leftOut;

    public bool IsFresh
    {
        get
        {
            lock (_gate)
                return sources.AskPresence is null || (_toldAt is { } at && sources.TimeProvider.GetElapsedTime(at) < FreshFor);
        }
    }

    public string? LeftOut
    {
        get
        {
            lock (_gate)
            {
                return _leftOut == 0 ? null : FormattableString.Invariant(
                    $"{_leftOut} more programs say that they are on the bus than the {MemberTable.MaxMembers} that are shown.");
            }
        }
    }

    public void Refresh()
    {
        if (sources.AskPresence is not { } ask) return;
        var now = sources.TimeProvider.GetUtcNow();
        lock (_gate)
        {
            if (!_asking.IsCompleted || (_askedAt is { } at && sources.TimeProvider.GetElapsedTime(at) < Interval)) return;
            (_askedAt, _asking) = (sources.TimeProvider.GetTimestamp(), Task.Run(() => AskAsync(ask, now)));
        }
    }

    public IReadOnlyList<BoardMember> Read(DateTimeOffset now)
    {
        IReadOnlyList<BoardMember> known;
        lock (_gate) known = _table.Read(now);
        return known.Any(member => member.IsSelf) ? known : [.. own.Read(now), .. known];
    }

    private async Task AskAsync(AskPresence ask, DateTimeOffset asked)
    {
        try
        {
            var all = await ask(Patience, sources.Lifetime.ApplicationStopping).ConfigureAwait(false);
            var reports = all.Where(report => report.Queues.Any(_queues.Contains)).ToList();
            var heardAt = sources.TimeProvider.GetUtcNow();
            foreach (var report in reports)
            {
                if (report.Figures is { } figures && FiguresReport.Read(figures) is { } told && told.From != sources.Figures.Id)
                    far.Take(told);
            }

            var leaving = reports.Where(report => report.Place == PresencePlace.Leaving).Select(IdOf).ToHashSet(StringComparer.Ordinal);
            lock (_gate) _leftOut = _table.Heard([.. reports.Select(report => Show(report, heardAt))], leaving, asked);
        }
        catch (Exception e) when (e is BrokerException or OperationCanceledException or ObjectDisposedException)
        {
            // Nobody could be asked; so nobody was silent.
        }
        finally
        {
            lock (_gate) _toldAt = sources.TimeProvider.GetTimestamp();
        }
    }

    private BoardMember Show(PresenceReport report, DateTimeOffset heardAt) => new(
        IdOf(report), report.Role, report.Machine ?? "", report.ProcessId, report.Version ?? "", report.StartedAt, report.Queues,
        report.Place, IsAlive: true, heardAt, sources.Instances.Contains(report.Instance), report.Description ?? "");

    private static string IdOf(PresenceReport report) => report.Instance.ToString("N");
}
