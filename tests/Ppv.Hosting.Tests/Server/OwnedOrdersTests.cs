using Ppv.Protocol;
using Ppv.Rpc;
using static Ppv.Hosting.Tests.LeasedWorker;

namespace Ppv.Hosting.Tests;

/// <summary>What a worker does with calls and ids that belong to somebody, and with those from before anybody was known.</summary>
public sealed class OwnedOrdersTests : IDisposable
{
    private readonly LeasedWorker _worker = new(options => options.NoConnIdLine = 900);

    public void Dispose() => _worker.Dispose();

    [Theory]
    [InlineData(Between.Nothing)]
    [InlineData(Between.Restart)]
    [InlineData(Between.HandOver)]
    public async Task Two_owners_calls_of_one_connid_have_a_line_each(Between between)
    {
        await SayAsync("a", "EV", "1001");
        await SayAsync("b", "EV", "6666");
        await SayAsync("a", "EN", "85165320");
        await _worker.GoOnAsync(between);

        (await SayAsync("b", "CONFIRM", "UP")).ShouldSay("ER998", RpcOutcome.NotExecuted);
        (await SayAsync("a", "CONFIRM", "UP")).ShouldSay("OK\r");

        var lines = _worker.Wizard.Requests.ToLookup(request => request.Command.Value, request => request.Line);
        lines["1001"].ShouldBe(lines["UP"]);
        lines["6666"].ShouldNotBe(lines["UP"]);
    }

    [Theory]
    [InlineData(Between.Nothing)]
    [InlineData(Between.Restart)]
    [InlineData(Between.HandOver)]
    public async Task A_repeated_confirm_is_told_its_own_owners_answer(Between between)
    {
        foreach (var owner in (string[])["a", "b"])
        {
            await SayAsync(owner, "EV", "1001");
            await SayAsync(owner, "EN", "85165320");
        }

        (await SayAsync("a", "CONFIRM", "UP")).ShouldSay("OK\r");
        await _worker.GoOnAsync(between);
        (await SayAsync("a", "CONFIRM", "UP")).ShouldSay("OK\r");
        _worker.UpsSent.ShouldBe(1);
        (await SayAsync("b", "CONFIRM", "UP")).ShouldSay("OK\r");
        _worker.UpsSent.ShouldBe(2);
    }

    /// <summary>Clients show their keys before the gateway asks for them, and repeat what they sent before.</summary>
    [Fact]
    public async Task A_confirm_from_before_anybody_was_known_is_unknown_to_its_sender_and_not_sent_again()
    {
        await _worker.PrepareAsync();
        (await _worker.ConfirmAsync(id: "purchase-7")).ShouldSay("OK\r");

        await SayAsync("a", "EV", "1001");
        await SayAsync("a", "EN", "85165320");
        var repeated = await _worker.SendAsync(
            Call, "CONFIRM", "UP", "purchase-7", owner: "a", onlyOurs: true, history: IdHistory.PossibleSince(_worker.Clock.GetUtcNow()));

        repeated.ShouldSay("ER444", RpcOutcome.Unknown);
        _worker.UpsSent.ShouldBe(1);
        (await _worker.StatusAsync("purchase-7~b")).State.ShouldBe(PpvOrderState.Unknown);
        (await _worker.StatusAsync("purchase-7~a~b")).State.ShouldBe(PpvOrderState.NeverSeen, "it is another one's");
    }

    /// <summary>One gateway of two has its keys, and the other one not yet.</summary>
    [Theory]
    [InlineData(Between.Nothing)]
    [InlineData(Between.Restart)]
    public async Task A_confirm_that_comes_again_without_its_owner_is_unknown_and_not_sent(Between between)
    {
        await SayAsync("a", "EV", "1001");
        await SayAsync("a", "EN", "85165320");
        (await _worker.SendAsync(Call, "CONFIRM", "UP", "purchase-7", owner: "a")).ShouldSay("OK\r");
        await _worker.GoOnAsync(between);

        (await _worker.SendAsync(Call, "CONFIRM", "UP", "purchase-7", onlyOurs: true,
            history: IdHistory.PossibleSince(_worker.Clock.GetUtcNow()))).ShouldSay("ER444", RpcOutcome.Unknown);
        _worker.UpsSent.ShouldBe(1);
    }

    /// <summary>The call itself has a confirm of before its clients were known, or of a gateway that does not know them.</summary>
    [Theory]
    [InlineData(null, "a", Between.Nothing)]
    [InlineData(null, "a", Between.Restart)]
    [InlineData("a", null, Between.Nothing)]
    [InlineData("a", null, Between.Restart)]
    public async Task A_confirm_under_a_new_id_of_a_call_that_was_confirmed_in_its_other_form_is_not_called_not_executed(
        string? first, string? then, Between between)
    {
        await _worker.SendAsync(Call, "EV", "1001", owner: first);
        await _worker.SendAsync(Call, "EN", "85165320", owner: first);
        (await _worker.SendAsync(Call, "CONFIRM", "UP", owner: first)).ShouldSay("OK\r");
        await _worker.GoOnAsync(between);

        (await _worker.SendAsync(Call, "CONFIRM", "UP", owner: then)).ShouldSay("ER444", RpcOutcome.Unknown);
        (await _worker.SendAsync(OtherCall, "CONFIRM", "UP", owner: then)).ShouldSay("ER998", RpcOutcome.NotExecuted);
        _worker.UpsSent.ShouldBe(1);
    }

    [Fact]
    public async Task The_status_of_an_order_with_an_owner_is_unknown_to_who_asks_without_one()
    {
        (await _worker.SendAsync(Call, "EV", "1", "e1", owner: "a")).ShouldSay("OK\r");
        (await _worker.StatusAsync("e1")).State.ShouldBe(PpvOrderState.Unknown);
        (await _worker.StatusAsync("e")).State.ShouldBe(PpvOrderState.NeverSeen);
    }

    [Fact]
    public async Task Without_connid_a_confirm_buys_nothing_that_another_owner_has_named()
    {
        await Nameless("a", "EV", "1001");
        await Nameless("a", "EN", "85165320");
        await Nameless("b", "EN", "66666666");
        (await Nameless("a", "CONFIRM", "UP")).ShouldSay("ER998", RpcOutcome.NotExecuted);
        _worker.UpsSent.ShouldBe(0);
    }

    private Task<RpcReply> SayAsync(string owner, string command, string value) =>
        _worker.SendAsync(Call, command, value, owner: owner);

    private Task<RpcReply> Nameless(string owner, string command, string value)
    {
        var order = new PpvOrder(null, command switch
        {
            "EV" => PpvCommand.Event(value),
            "EN" => PpvCommand.Subscriber(value),
            _ => PpvCommand.Confirm,
        }).OwnedBy(owner);
        return _worker.SendAsync(order);
    }
}
