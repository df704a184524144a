using Ppv.CrashWorker;

namespace Ppv.Broker.Tests.Delivery;

/// <summary>
/// The table of docs/delivery.md: what becomes of a confirm when the worker process is killed at each of its steps. Each step 12 times, or
/// 200 times with PPV_TEST_SOAK=1 (<c>./test.sh --soak</c>): each time costs a worker's start.
/// </summary>
public sealed class CrashPointTests(SharedBroker broker)
{
    private const string Ok = "Completed OK", Refused = "Unknown ER444", Unknown = "Unknown", Incomplete = "NotExecuted ER998";

    private static readonly int Calls = SoakRun.IsOn ? 200 : 12;

    [Theory]
    [InlineData(CrashPoint.BeforeIntent)]
    [InlineData(CrashPoint.AfterIntent)]
    [InlineData(CrashPoint.AfterFlush)]
    [InlineData(CrashPoint.AfterAnswer)]
    [InlineData(CrashPoint.AfterResult)]
    [InlineData(CrashPoint.BeforeAcknowledgement)]
    [InlineData(CrashPoint.AfterReply)]
    public async Task A_worker_killed_at_a_step_leaves_what_the_table_of_outcomes_says(CrashPoint point)
    {
        await using var run = new CrashRun(point, broker.Address);
        await run.StartAsync();
        var startedOver = 0;
        for (var call = 1; call <= Calls; call++)
        {
            var outcome = await run.CallAsync();
            Allowed(point, call).ShouldContain(outcome, $"{point}, call {call}");
            if (outcome == StartOver) startedOver++;
        }

        startedOver.ShouldBeLessThanOrEqualTo(Math.Max(2, Calls / 10), "The journal is milliseconds behind EV and EN, not more.");
    }

    private static CrashOutcome[] Allowed(CrashPoint point, int call) => point switch
    {
        // When the worker has had its queue alone for long enough, it knows that nobody else had the confirm.
        CrashPoint.BeforeIntent => [InDoubt(asked: 0, bought: 0), Done(toldBeforeRestart: false), StartOver],
        CrashPoint.AfterIntent => [InDoubt(asked: 0, bought: 0)],
        CrashPoint.AfterFlush => [InDoubt(asked: 1, bought: CrashRun.Books(call) ? 1 : 0)],
        CrashPoint.AfterAnswer => [InDoubt(asked: 1, bought: 1)],
        CrashPoint.AfterResult => [Done(toldBeforeRestart: false)],
        _ => [Done(toldBeforeRestart: true)],
    };

    /// <summary>The EN was not yet on disk, or the EV.</summary>
    private static CrashOutcome StartOver => new(
        Asked: 0, Bought: 0, ToldBeforeRestart: false, Answer: Incomplete, Repeated: Incomplete, Status: "NotExecuted",
        RepeatedOnCall: Incomplete, BoughtAfterAll: 0);

    private static CrashOutcome InDoubt(int asked, int bought) => new(
        asked, bought, ToldBeforeRestart: false, Answer: Refused, Repeated: Refused, Status: Unknown, RepeatedOnCall: Refused,
        BoughtAfterAll: bought);

    private static CrashOutcome Done(bool toldBeforeRestart) => new(
        Asked: 1, Bought: 1, toldBeforeRestart, Answer: Ok, Repeated: Ok, Status: Ok, RepeatedOnCall: Ok, BoughtAfterAll: 1);
}
