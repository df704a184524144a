using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

/// <summary>A lease table with a clock of its own, and short words for what calls do.</summary>
internal sealed class LeaseTableDriver
{
    public LeaseTableDriver(int lines = 2, int? noConnIdLine = null, int room = 500)
    {
        Options = new WorkerOptions { LastLine = lines, NoConnIdLine = noConnIdLine };
        Table = new LeaseTable(Options, room);
    }

    public WorkerOptions Options { get; }

    public LeaseTable Table { get; private set; }

    public DateTimeOffset Now { get; private set; } = DateTimeOffset.UnixEpoch;

    public LineRequest Enter(string? call, PpvCommandKind command, string? subject = null) =>
        Table.Enter(TestOrders.Of(call, command, subject), Now);

    /// <summary>The caller of an EV or EN is told its answer, which is not from the line.</summary>
    public bool Told(string? call, PpvCommandKind command, bool isOk = false) => Table.Told(TestOrders.Of(call, command), isOk, Now);

    public Lease Complete(LineRequest request, string? answer = "OK") =>
        Table.Complete(request, answer is null ? CommandEnd.MaybeSent : CommandEnd.Answered, answer, Now);

    /// <summary>A command that is granted at once and answered.</summary>
    public Lease Run(string? call, PpvCommandKind command, string? answer = "OK", string? subject = null)
    {
        var request = Enter(call, command, subject);
        VerdictOf(request).ShouldBe(LineVerdict.Granted);
        return Complete(request, answer);
    }

    /// <summary>EV and EN, both answered OK.</summary>
    public Lease Prepare(string? call, string? subject = null)
    {
        Run(call, PpvCommandKind.Event, subject: subject);
        return Run(call, PpvCommandKind.Subscriber, subject: subject);
    }

    /// <summary>Time passes, and the table is told.</summary>
    public void Pass(double seconds)
    {
        Now += TimeSpan.FromSeconds(seconds);
        Table.Advance(Now);
    }

    /// <summary>Time passes, and nobody tells the table.</summary>
    public void PassUnseen(double seconds) => Now += TimeSpan.FromSeconds(seconds);

    /// <summary>A command arrives past its deadline.</summary>
    public LineVerdict EnterLate(string? call, PpvCommandKind command, string? subject = null) =>
        Table.EnterLate(TestOrders.Of(call, command, subject), Now).Verdict;

    /// <summary>Whether the table keeps anything of a call.</summary>
    public bool Knows(string call) => Table.Knows(ConnectionId.Parse(call), Now);

    /// <summary>A new table that knows nothing but these leases, each of which was the last one on its line.</summary>
    public void Restart(params IReadOnlyList<Lease> leases)
    {
        Table = new LeaseTable(Options);
        Table.RestoreRests(leases, Now);
        Table.Restore(leases.OrderBy(lease => lease.LastActivity), Now);
    }

    /// <summary>A new table that has been told what the one before knew.</summary>
    public void Succeed(LeaseSnapshot snapshot)
    {
        Table = new LeaseTable(Options);
        Table.Import(snapshot, Now);
    }

    public static LineDecision DecisionOf(LineRequest request)
    {
        request.IsDecided.ShouldBeTrue();
        return request.Decision.Result;
    }

    public static LineVerdict? VerdictOf(LineRequest request) => request.IsDecided ? request.Decision.Result.Verdict : null;

    public static int? LineOf(LineRequest request) => request.IsDecided ? request.Decision.Result.Line?.Value : null;
}
