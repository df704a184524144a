using Ppv.Embedding.Tests.Support;
using Ppv.Samples.Embedding;

namespace Ppv.Embedding.Tests;

/// <summary>The shop's memory, which decides who buys and who asks again.</summary>
public sealed class CartStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CartStore _carts;

    public CartStoreTests() => _carts = new CartStore(_folder.File());

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Only_the_first_one_who_begins_a_cart_is_no_repeat()
    {
        var first = Begin();
        var second = Begin();

        (first.IsRepeat, second.IsRepeat).ShouldBe((false, true));
        second.ConnectionId.ShouldBe(first.ConnectionId);
        second.Key.ShouldBe(first.Key);
        new CartStore(_folder.File()).Find("cart-7").ShouldBe(second);
    }

    [Fact]
    public void After_nothing_was_bought_the_next_attempt_is_a_purchase_of_its_own()
    {
        var first = Begin();
        _carts.End(first, CartState.NotBought, null).ShouldNotBeNull().State.ShouldBe(CartState.NotBought);

        var next = Begin();

        (first.Key, next.Key, next.IsRepeat).ShouldBe(("cart-7.1", "cart-7.2", false));
        next.ConnectionId.ShouldNotBe(first.ConnectionId);
    }

    [Theory]
    [InlineData(CartState.NotBought)]
    [InlineData(CartState.Refused)]
    public void That_nothing_was_bought_is_not_noted_once_somebody_else_asks(CartState state)
    {
        var first = Begin();
        var repeat = Begin();

        _carts.End(first, state, "ER123").ShouldBeNull();

        _carts.Find("cart-7").ShouldBe(repeat);
        _carts.End(repeat, state, "ER123").ShouldNotBeNull().State.ShouldBe(state);
    }

    [Fact]
    public void Who_asks_for_another_event_under_a_cart_changes_nothing()
    {
        var first = Begin();
        _carts.Begin("cart-7", "262194", Shop.Subscriber).ShouldBe(first);

        var ended = _carts.End(first, CartState.NotBought, null);
        _carts.Begin("cart-7", "262194", Shop.Subscriber).ShouldBe(ended);

        _carts.Find("cart-7").ShouldBe(ended);
    }

    [Fact]
    public void That_it_was_bought_is_noted_whoever_asks_and_stays()
    {
        var first = Begin();
        var repeat = Begin();

        _carts.End(first, CartState.Bought, null).ShouldNotBeNull().State.ShouldBe(CartState.Bought);

        _carts.End(repeat, CartState.NotBought, null).ShouldNotBeNull().State.ShouldBe(CartState.Bought);
        Begin().State.ShouldBe(CartState.Bought);
    }

    [Fact]
    public async Task Of_many_who_begin_a_cart_at_once_one_is_the_first()
    {
        var begun = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(Begin)));

        begun.Count(cart => !cart.IsRepeat).ShouldBe(1);
        begun.Select(cart => cart.ConnectionId).Distinct().Count().ShouldBe(1);
    }

    private Cart Begin() => _carts.Begin("cart-7", Shop.Event, Shop.Subscriber);
}
