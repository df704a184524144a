using Ppv.Rpc;
using Ppv.Testing;

namespace Ppv.Broker.Tests.Delivery;

/// <summary>Wizard's purchases beside what callers asked for and were told.</summary>
internal sealed class PurchaseCheck
{
    public PurchaseCheck(IReadOnlyList<WizardPurchase> purchases, IReadOnlyList<CallOutcome> calls)
    {
        var bought = purchases.GroupBy(
            purchase => (purchase.Event, purchase.Subscriber)).ToDictionary(pair => pair.Key, pair => pair.Count());
        var asked = calls.ToDictionary(call => (call.Event, call.Subscriber));
        Crossed = [.. bought.Keys.Where(pair => !asked.ContainsKey(pair))];
        Twice = [.. bought.Where(pair => pair.Value > 1).Select(pair => pair.Key)];
        Lost = [.. calls.Where(call => call.ToldOk && !bought.ContainsKey((call.Event, call.Subscriber)))];
        BoughtWithoutOk = [.. calls.Where(call => !call.ToldOk && bought.ContainsKey((call.Event, call.Subscriber)))];
        ToldOk = calls.Count(call => call.ToldOk);
    }

    /// <summary>Pairs that nobody asked for.</summary>
    public IReadOnlyList<(string Event, string Subscriber)> Crossed { get; }

    /// <summary>Pairs that were bought more than once.</summary>
    public IReadOnlyList<(string Event, string Subscriber)> Twice { get; }

    /// <summary>Callers who were told OK and own nothing.</summary>
    public IReadOnlyList<CallOutcome> Lost { get; }

    /// <summary>Callers who own what they asked for and were not told OK.</summary>
    public IReadOnlyList<CallOutcome> BoughtWithoutOk { get; }

    public int ToldOk { get; }

    /// <summary>
    /// Nothing crossed, nothing twice, nothing lost, and each purchase whose caller was not told OK can be found by asking for its orders.
    /// </summary>
    public async Task ShouldHoldAsync(Func<string, Task<PpvOrderState>> stateOf)
    {
        Crossed.ShouldBeEmpty();
        Twice.ShouldBeEmpty();
        Lost.ShouldBeEmpty();
        foreach (var call in BoughtWithoutOk)
        {
            var states = await Task.WhenAll(call.Confirms.Select(reply => stateOf(reply.OrderId!)));
            states.ShouldContain(
                state => state == PpvOrderState.Completed || state == PpvOrderState.Unknown,
                $"{call}: the purchase is nowhere to be found; asked for, its confirms were {string.Join(", ", states)}");
        }
    }
}
