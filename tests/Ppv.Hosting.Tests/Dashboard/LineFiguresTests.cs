using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Hosting.Tests;

/// <summary>What passed on a line last, and how far its call came.</summary>
public class LineFiguresTests
{
    private static readonly ConnectionId Call = ConnectionId.Parse("1"), OtherCall = ConnectionId.Parse("2");
    private readonly LineFigures _lines = new();

    [Fact]
    public void The_last_twenty_are_kept_the_newest_first_and_each_line_has_its_own()
    {
        for (var order = 1; order <= 25; order++) Exchange(PpvOrder.Event(Call, $"{order}"));
        _lines.Last(16).Select(exchange => exchange.Order.Command.Value).ShouldBe(Enumerable.Range(6, 20).Reverse().Select(n => $"{n}"));
        _lines.Last(17).ShouldBeEmpty();
        _lines.Last(0).ShouldBeEmpty();
        _lines.Last(1_000_000).ShouldBeEmpty();
    }

    [Fact]
    public void A_call_goes_on_until_its_confirm_and_another_call_begins_anew()
    {
        Exchange(PpvOrder.Event(Call, "1"));
        Exchange(PpvOrder.Subscriber(Call, "2"));
        Progress().ShouldBe((true, true, false));
        Exchange(PpvOrder.Subscriber(Call, "3"), "ER017");
        Progress().ShouldBe((true, false, false));
        Exchange(PpvOrder.Subscriber(Call, "2"));
        Exchange(PpvOrder.Confirm(Call));
        Progress().ShouldBe((true, true, true));
        Exchange(PpvOrder.Event(Call, "4"));
        Progress().ShouldBe((true, false, false));
        Exchange(PpvOrder.Subscriber(OtherCall, "5"), "ER444", RpcOutcome.Unknown);
        Progress().ShouldBe((false, false, false));
    }

    private void Exchange(PpvOrder order, string code = "OK", RpcOutcome outcome = RpcOutcome.Completed) =>
        _lines.Record(new LineNumber(16), new WizardExchange(default, order, outcome, code, TimeSpan.FromMilliseconds(7)));

    private (bool Event, bool Subscriber, bool Confirm) Progress()
    {
        var progress = _lines.Progress(16);
        return (progress.Event, progress.Subscriber, progress.Confirm);
    }
}
