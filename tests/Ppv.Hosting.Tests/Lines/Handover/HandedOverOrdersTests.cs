using Microsoft.Extensions.DependencyInjection;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Testing;

namespace Ppv.Hosting.Tests;

/// <summary>
/// A worker that leaves in good order costs nothing: the next one answers what is asked again as the first one would, and executes what is
/// new. After a death nobody knows what the dead one did, and nothing is bought on a guess.
/// </summary>
public class HandedOverOrdersTests
{
    private static readonly TimeSpan Covered = TimeSpan.FromHours(25);
    private static readonly string[] AllOk = ["Completed OK", "Completed OK", "Completed OK"];
    private static readonly ConnectionId Call = ConnectionId.Parse("0127032d64a94732");

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task What_is_asked_again_after_a_hand_over_gets_the_first_answers_and_Wizard_is_asked_nothing(bool isDated, bool isPaused)
    {
        await using var workers = await TwoWorkers.StartAsync();
        workers.Clock.Advance(isDated ? TimeSpan.FromMinutes(1) : Covered); // Nobody knows what an id was used for before that.
        var key = isDated ? Guid.CreateVersion7(workers.Clock.GetUtcNow()).ToString() : "order-7";
        (await workers.CallAsync(key)).ShouldBe(AllOk);

        foreach (var next in (int[])[2, 1, 2])
        {
            if (isPaused) await workers.Host.WorkerServices.GetRequiredService<RpcServer>().PauseAsync().WaitAsync(Hang.Limit);
            await workers.HandOverToAsync(next);

            (await workers.CallAsync(key)).ShouldBe(AllOk, $"worker {next}");
            (workers.Asked, workers.Bought).ShouldBe((3, 1), $"worker {next}");
            (await workers.AskAsync($"{key}.EN", """{"content":{"connid":"0127032d64a94732","EN":"85165321"}}"""))
                .ShouldBe("NotExecuted ER998", "it was another number");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_new_after_a_hand_over_is_executed_also_under_an_undated_id(bool isDated)
    {
        await using var workers = await TwoWorkers.StartAsync();
        workers.Clock.Advance(Covered);
        (await workers.CallAsync("first")).ShouldBe(AllOk);

        foreach (var next in (int[])[2, 1, 2])
        {
            await workers.HandOverToAsync(next);
            workers.Clock.Advance(TimeSpan.FromMinutes(1));
            var key = isDated ? Guid.CreateVersion7(workers.Clock.GetUtcNow()).ToString() : $"order {workers.Bought}".Replace(' ', '-');
            (await workers.CallAsync(key, call: $"{workers.Bought + 1}")).ShouldBe(AllOk, $"worker {next}");
        }

        (workers.Asked, workers.Bought).ShouldBe((12, 4));
    }

    [Fact]
    public async Task A_worker_that_took_over_knows_all_of_it_after_a_restart_of_its_own()
    {
        await using var workers = await TwoWorkers.StartAsync();
        workers.Clock.Advance(Covered);
        (await workers.CallAsync("first")).ShouldBe(AllOk);
        await workers.HandOverToAsync(2);
        await workers.DieAndFollowAsync(2); // It finds its own record: nobody else has led.

        (await workers.CallAsync("first")).ShouldBe(AllOk);
        (workers.Asked, workers.Bought).ShouldBe((3, 1));
    }

    [Fact]
    public async Task A_death_in_the_chain_ends_what_the_next_one_knows()
    {
        await using var workers = await TwoWorkers.StartAsync();
        workers.Clock.Advance(Covered);
        (await workers.CallAsync("first")).ShouldBe(AllOk);
        await workers.HandOverToAsync(2);
        await workers.DieAndFollowAsync(1); // It has its own journal: it knows what it did itself, and not what the second one did.

        (await workers.CallAsync("first")).ShouldBe(AllOk);
        (await workers.CallAsync("other", call: "2"))[2].ShouldStartWith("Unknown");
        (workers.Asked, workers.Bought).ShouldBe((5, 1));

        await workers.HandOverToAsync(2); // A word in good order does not give back what nobody knows.
        (await workers.CallAsync("another", call: "3"))[2].ShouldStartWith("Unknown");
        workers.Bought.ShouldBe(1);
        workers.Clock.Advance(Covered);
        (await workers.CallAsync("later", call: "4")).ShouldBe(AllOk);
    }

    [Fact]
    public async Task A_purchase_whose_outcome_is_unknown_stays_unknown_when_another_worker_has_taken_over_from_a_dead_one()
    {
        await using var workers = await TwoWorkers.StartAsync();
        workers.Host.Wizard.Script = request => request.Command == PpvCommand.Confirm
            ? WizardBehavior.Normal with { ResetAfterBooking = true }
            : WizardBehavior.Normal;
        (await BuyAsync(workers)).Outcome.ShouldBe(RpcOutcome.Unknown);
        await workers.DieAndFollowAsync(2);
        workers.Host.Wizard.Script = null;

        foreach (var wait in (int[])[11, 60])
        {
            workers.Clock.Advance(TimeSpan.FromMinutes(wait));
            (await BuyAsync(workers)).Outcome.ShouldBe(RpcOutcome.Unknown, $"after {wait} min");
        }

        workers.Bought.ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_purchase_that_is_asked_for_again_has_the_first_ones_outcome_when_its_worker_left_in_good_order(bool isAnswered)
    {
        await using var workers = await TwoWorkers.StartAsync();
        if (!isAnswered) workers.Host.Wizard.Script = request => request.Command == PpvCommand.Confirm
            ? WizardBehavior.Normal with { ResetAfterBooking = true }
            : WizardBehavior.Normal;
        var first = await BuyAsync(workers);
        first.Outcome.ShouldBe(isAnswered ? RpcOutcome.Completed : RpcOutcome.Unknown);
        await workers.HandOverToAsync(2);
        workers.Host.Wizard.Script = null;

        foreach (var wait in (int[])[11, 60])
        {
            workers.Clock.Advance(TimeSpan.FromMinutes(wait));
            (await BuyAsync(workers)).Outcome.ShouldBe(first.Outcome, $"after {wait} min");
        }

        workers.Bought.ShouldBe(1);
        // It is for a person to find out, once: where it was sent.
        (await workers.Journal.UnknownsAsync()).ShouldBeEmpty();
        await workers.HandOverToAsync(1);
        (await workers.Journal.UnknownsAsync()).Count.ShouldBe(isAnswered ? 0 : 1);
    }

    [Fact]
    public async Task A_verdict_that_a_person_gave_goes_with_the_hand_over()
    {
        await using var workers = await TwoWorkers.StartAsync();
        workers.Clock.Advance(Covered);
        workers.Host.Wizard.Script = request => request.Command == PpvCommand.Confirm
            ? WizardBehavior.Normal with { ResetAfterBooking = true }
            : WizardBehavior.Normal;
        (await workers.CallAsync("first"))[2].ShouldStartWith("Unknown");
        workers.Host.Wizard.Script = null;
        await workers.HandOverToAsync(2);
        (await workers.CallAsync("first"))[2].ShouldStartWith("Unknown");
        await workers.Journal.SettleAsync("first.UP", bought: true, "Seen on the bill (anna).");
        (await workers.CallAsync("first")).ShouldBe(AllOk);

        await workers.HandOverToAsync(1);

        (await workers.CallAsync("first")).ShouldBe(AllOk);
        (await workers.Journal.UnknownsAsync()).ShouldBeEmpty();
        (await workers.Journal.FindAsync("first.UP"))!.ShouldSatisfyAllConditions(
            entry => entry.State.ShouldBe(JournalState.SettledBought),
            entry => entry.Note.ShouldBe("Seen on the bill (anna)."),
            entry => entry.HandedOverAt.ShouldBeNull("it was this worker that sent it"));
        workers.Bought.ShouldBe(1);
    }

    [Fact]
    public async Task A_confirm_that_the_end_of_the_drain_time_cuts_off_is_unknown_to_the_next_worker_and_listed_where_it_was_sent()
    {
        await using var workers = await TwoWorkers.StartAsync(options =>
        {
            options.TimeProvider = TimeProvider.System;
            options.ConfigureWorker = worker =>
            {
                worker.Rpc.DrainTimeout = TimeSpan.FromMilliseconds(50);
                worker.Wizard.ResponseTimeout = TimeSpan.FromSeconds(60);
            };
            options.ConfigureClient = client => client.Rpc.ReplyTimeout = TimeSpan.FromSeconds(60);
        });
        workers.Host.Wizard.Script = request => request.Command == PpvCommand.Confirm
            ? WizardBehavior.Normal with { Stall = true }
            : WizardBehavior.Normal;
        await workers.Host.Client.SendAsync(PpvOrder.Event(Call, "262193"));
        await workers.Host.Client.SendAsync(PpvOrder.Subscriber(Call, "85165320"));
        var confirm = PpvOrder.Confirm(Call);
        var confirming = workers.Host.Client.SendAsync(confirm);
        await workers.Host.Wizard.WaitForPurchasesAsync(1, new CancellationTokenSource(Hang.Limit).Token);

        await workers.HandOverToAsync(2);
        workers.Host.Wizard.Script = null;

        (await confirming.WaitAsync(Hang.Limit)).Outcome.ShouldBe(RpcOutcome.Unknown);
        (await workers.Host.Client.SendAsync(confirm).WaitAsync(Hang.Limit)).Outcome.ShouldBe(RpcOutcome.Unknown);
        (await workers.Journal.FindAsync(confirm.Id))!.HandedOverAt.ShouldNotBeNull();
        workers.Bought.ShouldBe(1);
        await workers.HandOverToAsync(1);
        (await workers.Journal.UnknownsAsync()).Select(entry => entry.Order.Id).ShouldBe([confirm.Id]);
    }

    [Fact]
    public async Task What_does_not_come_along_for_want_of_a_disk_is_unknown()
    {
        // A worker that can't read its journal lets all lines rest.
        await using var workers = await TwoWorkers.StartAsync(
            options => options.ConfigureWorker = worker => worker.Server.LineRest = TimeSpan.FromSeconds(1));
        workers.Clock.Advance(Covered);
        (await workers.CallAsync("first")).ShouldBe(AllOk);
        Directory.CreateDirectory(workers.PathOf(2)); // No file can be there.
        await workers.HandOverToAsync(2);
        Directory.Delete(workers.PathOf(2));
        workers.Clock.Advance(JournalWriter.RetryDelay);
        while (workers.Journal.Problem is not null) await Task.Yield();

        (await workers.CallAsync("first"))[2].ShouldStartWith("Unknown");
        (await workers.CallAsync("other", call: "2"))[2].ShouldStartWith("Unknown");
        workers.Bought.ShouldBe(1);
        workers.Log.Entries.ShouldContain(entry => entry.Message.StartsWith(
            "The orders that the worker before has on record could not be taken over", StringComparison.Ordinal));
    }

    private static Task<PpvPurchaseResult> BuyAsync(TwoWorkers workers) => workers.Host.Client.PurchaseAsync(
        Call, "262193", "85165320", "order-7").WaitAsync(Hang.Limit);
}
