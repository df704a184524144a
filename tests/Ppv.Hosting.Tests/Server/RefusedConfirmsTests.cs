using Ppv.Protocol;
using Ppv.Rpc;
using static Ppv.Hosting.Tests.LeasedWorker;

namespace Ppv.Hosting.Tests;

/// <summary>What the worker itself can't execute, because its journal takes nothing, keeps no line from those who wait for one.</summary>
public sealed class RefusedConfirmsTests : IDisposable
{
    private const int Lines = 3;

    private readonly FullDiskJournal _journal;
    private readonly LeasedWorker _worker;

    public RefusedConfirmsTests()
    {
        FullDiskJournal? journal = null;
        _worker = new LeasedWorker(
            worker => (worker.FirstLine, worker.LastLine) = (1, Lines), memory => journal = new FullDiskJournal(memory));
        _journal = journal!;
    }

    public void Dispose() => _worker.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Calls_whose_confirms_can_not_be_recorded_keep_no_lines(bool canNotBeRead)
    {
        _journal.CannotWrite = true;
        _journal.CannotRead = canNotBeRead;
        for (var i = 0; i < 4 * Lines; i++)
        {
            var call = $"0127032d64a947{i:x2}";
            var began = await _worker.EventAsync(call).WaitAsync(Entries.Bound); // The clock stands still: nobody waits.
            if (i >= Lines)
            {
                began.ShouldSay("ER444", canNotBeRead ? RpcOutcome.Unknown : RpcOutcome.NotExecuted);
                began.Reason.ShouldNotBeNull().ShouldContain("Its disk takes nothing now.");
                continue;
            }

            began.ShouldSay("OK\r");
            (await _worker.SubscriberAsync(call)).ShouldSay("OK\r");
            var answer = await _worker.ConfirmAsync(call);
            answer.ShouldSay("ER444", canNotBeRead ? RpcOutcome.Unknown : RpcOutcome.NotExecuted);
            answer.Reason.ShouldBe("The worker's order journal can't be used now; the worker's log says why.");
        }

        _worker.UpsSent.ShouldBe(0);
    }

    /// <summary>Whoever repeats it: the broker, a proxy, or the caller's own program, long after he has named something.</summary>
    [Theory]
    [InlineData(Between.Nothing)]
    [InlineData(Between.Restart)]
    public async Task A_refused_confirm_that_comes_again_does_not_buy_what_its_call_names_afterwards(Between between)
    {
        using var worker = new LeasedWorker();
        (await worker.ConfirmAsync(id: "c1")).ShouldSay("ER998", RpcOutcome.NotExecuted);
        worker.Clock.Advance(TimeSpan.FromMinutes(55));
        await worker.GoOnAsync(between);
        await worker.PrepareAsync();
        foreach (var isRepeat in (bool[])[false, true])
            (await worker.SendAsync(Call, "CONFIRM", "UP", "c1", isRepeat, onlyOurs: true)).ShouldSay("ER998", RpcOutcome.NotExecuted);
        worker.UpsSent.ShouldBe(0);
        (await worker.StatusAsync("c1")).ShouldBe((PpvOrderState.NotExecuted, "ER998"));
        (await worker.ConfirmAsync()).ShouldSay("OK\r");
    }

    /// <summary>Nothing was executed under it, and that is what is said of it.</summary>
    [Fact]
    public async Task When_a_refusal_is_forgotten_its_id_was_never_seen_and_is_executed_once()
    {
        using var worker = new LeasedWorker();
        (await worker.ConfirmAsync(id: "c1")).ShouldSay("ER998", RpcOutcome.NotExecuted);
        for (var minute = 0; minute < 65; minute++) worker.Clock.Advance(TimeSpan.FromMinutes(1));
        (await worker.StatusAsync("c1")).State.ShouldBe(PpvOrderState.NeverSeen);
        await worker.PrepareAsync();
        (await worker.ConfirmAsync(id: "c1")).ShouldSay("OK\r");
        (await worker.ConfirmAsync(id: "c1")).ShouldSay("OK\r");
        worker.UpsSent.ShouldBe(1);
    }

    /// <summary>
    /// Else a crash would give the line back to the call that had it, and its confirm would buy what the other one has named since.
    /// </summary>
    [Fact]
    public async Task Who_gets_the_line_of_a_call_that_had_it_just_now_is_on_record_before_anything_is_sent()
    {
        var calls = Enumerable.Range(0, Lines).Select(i => $"0127032d64a947{i:x2}").ToList();
        foreach (var call in calls) await _worker.PrepareAsync(call);
        _journal.CannotWrite = true;
        foreach (var call in calls) await _worker.ConfirmAsync(call);
        var sent = _worker.Sent.Count();
        (await _worker.EventAsync(OtherCall).WaitAsync(Entries.Bound)).ShouldSay("ER444", RpcOutcome.NotExecuted);
        _worker.Sent.Count().ShouldBe(sent);

        _journal.CannotWrite = false;
        (await _worker.EventAsync(OtherCall, "262193").WaitAsync(Entries.Bound)).ShouldSay("OK\r");
        _journal.CannotWrite = true;
        await _worker.SubscriberAsync(OtherCall);
        _journal.CannotWrite = false;
        await _worker.RestartAsync();

        foreach (var call in calls) await _worker.ConfirmAsync(call);
        _worker.Wizard.Requests.Count(request => request.Command.Kind == PpvCommandKind.Confirm).ShouldBe(Lines - 1);
    }

    [Fact]
    public async Task Who_had_the_line_before_buys_nothing_after_a_restart_also_when_the_next_one_is_on_another_line_by_then()
    {
        var (first, second, third, other) = (CallOf(1), CallOf(2), CallOf(3), CallOf(3, 1));
        foreach (var call in (string[])[first, second, third]) await _worker.PrepareAsync(call);
        _journal.CannotWrite = true;
        foreach (var call in (string[])[first, second, third]) await _worker.ConfirmAsync(call);
        _journal.CannotWrite = false;
        await _worker.PrepareAsync(other, "262193");
        _worker.Wizard.Requests[^1].Line.ShouldBe(new LineNumber(1));
        (await _worker.ConfirmAsync(other)).ShouldSay("OK\r");
        (await _worker.ConfirmAsync(third)).ShouldSay("OK\r");
        (await _worker.EventAsync(other, "262194")).ShouldSay("OK\r");
        _worker.Wizard.Requests[^1].Line.ShouldBe(new LineNumber(3));

        await _worker.RestartAsync();

        (await _worker.ConfirmAsync(first)).ShouldSay("ER998", RpcOutcome.NotExecuted);
        _worker.UpsSent.ShouldBe(2);
    }

    private static string CallOf(int line, int number = 0) => Enumerable.Range(1, 100).Select(i => $"0127032d64a947{i:x2}")
        .Where(call => LineFormula.LineOf(ConnectionId.Parse(call), new LineRange(1, Lines)) == new LineNumber(line)).ElementAt(number);

    [Fact]
    public async Task An_event_that_can_not_be_recorded_in_the_place_of_another_keeps_no_line_and_names_the_disk()
    {
        for (var i = 0; i < Lines; i++) await _worker.PrepareAsync($"0127032d64a947{i:x2}");
        _journal.CannotWrite = true;
        for (var i = 0; i < Lines; i++)
        {
            var answer = await _worker.EventAsync($"0127032d64a947{i:x2}", "262193");
            answer.ShouldSay("ER444", RpcOutcome.NotExecuted);
            answer.Reason.ShouldNotBeNull().ShouldEndWith("Its disk takes nothing now.");
        }

        var other = await _worker.EventAsync(OtherCall).WaitAsync(Entries.Bound);
        other.ShouldSay("ER444", RpcOutcome.NotExecuted);
        other.Reason.ShouldNotBeNull().ShouldEndWith("Its disk takes nothing now.");
    }

    [Fact]
    public async Task Who_waits_already_gets_the_line_at_once()
    {
        for (var i = 0; i < Lines; i++) await _worker.PrepareAsync($"0127032d64a947{i:x2}");
        var waiting = _worker.EventAsync(OtherCall);
        _worker.Lines.Counts.Waiting.ShouldBe(1);
        _journal.CannotWrite = true;

        await _worker.ConfirmAsync("0127032d64a94701");

        (await waiting.WaitAsync(Entries.Bound)).ShouldSay("ER444", RpcOutcome.NotExecuted);
        (await _worker.ConfirmAsync("0127032d64a94701")).ShouldSay("ER998", RpcOutcome.NotExecuted);
    }

    [Fact]
    public async Task While_nobody_wants_the_line_the_call_can_try_again()
    {
        await _worker.PrepareAsync();
        _journal.CannotWrite = true;
        (await _worker.ConfirmAsync()).ShouldSay("ER444", RpcOutcome.NotExecuted);
        _journal.CannotWrite = false;

        (await _worker.ConfirmAsync()).ShouldSay("OK\r");
        _worker.UpsSent.ShouldBe(1);
    }

    [Fact]
    public async Task A_call_that_goes_on_keeps_its_line_again()
    {
        for (var i = 0; i < Lines; i++) await _worker.PrepareAsync($"0127032d64a947{i:x2}");
        _journal.CannotWrite = true;
        await _worker.ConfirmAsync("0127032d64a94701");
        _journal.CannotWrite = false;
        await _worker.PrepareAsync("0127032d64a94701");

        var waiting = _worker.EventAsync(OtherCall);

        _worker.Lines.Counts.Waiting.ShouldBe(1);
        (await _worker.ConfirmAsync("0127032d64a94701")).ShouldSay("OK\r");
        (await waiting.WaitAsync(Entries.Bound)).ShouldSay("OK\r");
    }
}
