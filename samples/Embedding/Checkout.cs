using System.Collections.Concurrent;
using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Samples.Embedding;

/// <summary>Buys carts: each one once, however often it is asked for, and also when the shop is killed in between.</summary>
public sealed partial class Checkout(IPpvClient ppv, CartStore carts, ILogger<Checkout> logger)
{
    private readonly ConcurrentDictionary<(string, string, string), Lazy<Task<Cart>>> _running = new();

    /// <summary>
    /// Buys a cart, or says what became of it. A second click waits for the first one's answer. Cancelling ends the waiting only: the
    /// purchase goes on, and its answer is noted.
    /// </summary>
    /// <param name="name">The cart.</param>
    /// <param name="eventNumber">The number of the event.</param>
    /// <param name="subscriber">The number of the subscriber.</param>
    /// <param name="again">Whether the customer wants it although another cart may have bought it.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>
    /// The cart as it is now; when it was begun for another event or subscriber, that one; when another cart has bought the same, or may
    /// have, the other cart.
    /// </returns>
    public Task<Cart> BuyAsync(string name, string eventNumber, string subscriber, bool again, CancellationToken cancellationToken)
    {
        var wanted = (name, eventNumber, subscriber);
        var buying = _running.GetOrAdd(wanted, key => new Lazy<Task<Cart>>(() => Task.Run(async () =>
        {
            try
            {
                return await BuyOnceAsync(name, eventNumber, subscriber, again);
            }
            finally
            {
                _running.TryRemove(key, out _);
            }
        })));
        return buying.Value.WaitAsync(cancellationToken);
    }

    /// <summary>Says what became of a cart, and asks the worker's journal when the shop does not know. It buys nothing.</summary>
    public async Task<Cart?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var cart = carts.Find(name);
        if (cart is not { State: CartState.Unknown }) return cart;
        var status = await ppv.GetPurchaseStatusAsync(cart.Key, cancellationToken);
        return status.State switch
        {
            PpvOrderState.Completed when status.Code == ResultCodes.Ok => End(cart, CartState.Bought, null),
            PpvOrderState.Completed => End(cart, CartState.Refused, status.Code),
            PpvOrderState.NotExecuted => End(cart, CartState.NotBought, null),
            _ => cart,
        };
    }

    private async Task<Cart> BuyOnceAsync(string name, string eventNumber, string subscriber, bool again)
    {
        var isAsked = false;
        while (true)
        {
            // On disk first: whoever finds this cart after a crash must know that it may have been bought.
            var cart = carts.Begin(name, eventNumber, subscriber, again);
            if (cart.Name != name && cart.State == CartState.Unknown && !isAsked)
            {
                // Nobody may have asked since what became of it; the worker may know by now.
                await FindAsync(cart.Name, CancellationToken.None);
                isAsked = true;
                continue;
            }

            if (cart.State != CartState.Unknown || cart.Name != name || !cart.IsFor(eventNumber, subscriber)) return cart;

            var purchase = await ppv.PurchaseAsync(cart.ConnectionId, cart.Event, cart.Subscriber, cart.Key, cart.IsRepeat);
            LogOutcome(purchase.Key, purchase.Outcome, purchase.Step, purchase.Code, purchase.Reason);
            var state = StateOf(purchase);
            if (state == CartState.Unknown) return cart;
            if (carts.End(cart, state, state == CartState.Refused ? purchase.Code : null) is { } ended) return ended;
            // Another process of the shop asks for the cart too. Ask as a repeat: then the worker's record decides for both.
        }
    }

    private static CartState StateOf(PpvPurchaseResult purchase) => purchase switch
    {
        { IsBought: true } => CartState.Bought,
        { IsRefused: true } => CartState.Refused,
        { Outcome: RpcOutcome.NotExecuted } => CartState.NotBought,
        _ => CartState.Unknown,
    };

    private Cart End(Cart cart, CartState state, string? code) => carts.End(cart, state, code) ?? cart;

    [LoggerMessage(1, LogLevel.Information, "Purchase {Key}: {Outcome} at {Step}, code {Code}. {Reason}")]
    private partial void LogOutcome(string key, RpcOutcome outcome, PpvPurchaseStep step, string? code, string? reason);
}
