using CsCheck;
using Ppv.Protocol;
using Ppv.Rpc.Orders.Routing;

namespace Ppv.Rpc.Tests.Orders;

/// <summary>Which queue a call belongs to, and when others must be asked.</summary>
public class QueueRouterTests
{
    private static readonly DateTimeOffset Start = new(2026, 12, 1, 3, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Later = Start.AddHours(2);
    private static readonly Gen<ConnectionId> AnyCall = Gen.Char["0123456789abcdefABCDEF"].Array[1, 32].Select(
        digits => ConnectionId.Parse(new string(digits)));
    private static readonly Gen<string[]> AnyQueues = Gen.Int[0, 999].Select(n => $"queue-{n}").HashSet[1, 8]
        .Select(names => names.ToArray());

    [Theory]
    [InlineData("0127032d64a94732", "prod.ppv.kfs", 0x3C571709151E1E1FUL)]
    [InlineData("a", "queue-é", 0xC30CF3A4776638E0UL)]
    public void The_weight_is_the_same_in_every_process_and_version(string connid, string queue, ulong expected) =>
        QueueWeight.Of(queue, connid).ShouldBe(expected);

    [Fact]
    public void A_new_queue_moves_calls_to_itself_only() => Gen.Select(AnyQueues, AnyCall).Sample((queues, call) =>
    {
        var before = Choose(queues, call);
        var after = Choose([.. queues, "the new one"], call);
        (after == before || after == "the new one").ShouldBeTrue($"{call} moved from {before} to {after}");
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void A_new_queue_gets_its_share_of_the_calls_and_so_have_the_others(int queues)
    {
        string[] names = [.. Enumerable.Range(0, queues).Select(n => $"prod.ppv.kfs.{n}"), "the new one"];
        var chosen = Enumerable.Range(0, 20_000).Select(
            n => Choose(names, ConnectionId.Parse($"{0x0127032d64a90000 + n:x16}"))).CountBy(name => name).ToDictionary();
        foreach (var name in names) (chosen[name] / 20_000.0).ShouldBe(1.0 / names.Length, 0.02, name);
    }

    [Fact]
    public void Neither_the_order_of_the_list_nor_the_case_of_the_connid_matters() =>
        Gen.Select(AnyQueues, AnyCall, Gen.Int).Sample((queues, call, seed) =>
    {
        var shuffled = queues.ToArray();
        new Random(seed).Shuffle(shuffled);
        Router(shuffled).Rank(PpvOrder.Confirm(ConnectionId.Parse(call.ToString().ToUpperInvariant())), Later)
            .ShouldBe(Router(queues).Rank(PpvOrder.Confirm(ConnectionId.Parse(call.ToString().ToLowerInvariant())), Later));
    });

    [Fact]
    public void Every_queue_is_ranked_once_and_those_of_the_future_last() => Gen.Select(AnyQueues, AnyCall).Sample((queues, call) =>
    {
        List<QueueRoute> routes =
            [.. queues.Select(name => new QueueRoute { Name = name }), new QueueRoute { Name = "future", From = Later.AddTicks(1) }];
        var ranked = new QueueRouter(new RpcOptions { Queues = routes }).Rank(PpvOrder.Confirm(call), Later);
        ranked.Order().ShouldBe(routes.Select(route => route.Name).Order());
        ranked[^1].ShouldBe("future");
        ranked[0].ShouldBe(Choose(queues, call));
    });

    [Fact]
    public void A_queue_gets_calls_from_its_moment_on()
    {
        var options = new RpcOptions { Queues = [new QueueRoute { Name = "a" }, new QueueRoute { Name = "b", From = Later }] };
        var router = new QueueRouter(options);
        var calls = Enumerable.Range(0, 100).Select(n => ConnectionId.Parse($"{n:x}")).ToList();
        calls.ShouldAllBe(call => router.Rank(PpvOrder.Confirm(call), Later.AddTicks(-1))[0] == "a");
        calls.Count(call => router.Rank(PpvOrder.Confirm(call), Later)[0] == "b").ShouldBeInRange(30, 70);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(299.9, true)]
    [InlineData(300, false)]
    [InlineData(7189.9, false)]
    [InlineData(7190, true)]
    [InlineData(7200, true)]
    [InlineData(7499.9, true)]
    [InlineData(7500, false)]
    public void Others_are_asked_for_five_minutes_after_the_start_and_around_a_queues_beginning(double seconds, bool isChanging)
    {
        var options = new RpcOptions { Queues = [new QueueRoute { Name = "a" }, new QueueRoute { Name = "b", From = Later }] };
        new QueueRouter(options).IsChanging(Start.AddSeconds(seconds), TimeSpan.FromSeconds(seconds)).ShouldBe(isChanging);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void With_one_queue_nobody_is_asked(int queues)
    {
        var router = new QueueRouter(new RpcOptions { Queue = "only", Queues = queues == 0 ? [] : [new QueueRoute { Name = "only" }] });
        router.HasChoice.ShouldBeFalse();
        router.IsChanging(Start, TimeSpan.Zero).ShouldBeFalse();
        router.First.ShouldBe("only");
        router.Rank(PpvOrder.Confirm(ConnectionId.Parse("1")), Start).ShouldBe(["only"]);
    }

    [Fact]
    public void What_belongs_to_no_call_goes_to_the_first_queue_that_was_there_from_the_beginning() =>
        new QueueRouter(
            new RpcOptions { Queues = [new QueueRoute { Name = "b", From = Start }, new() { Name = "a" }, new() { Name = "c" }] })
            .First.ShouldBe("a");

    [Fact]
    public void A_beginning_at_the_ends_of_time_is_no_trouble()
    {
        var options = new RpcOptions
        {
            Queues =
                [
                    new QueueRoute { Name = "a" },
                    new QueueRoute { Name = "b", From = DateTimeOffset.MinValue },
                    new QueueRoute { Name = "c", From = DateTimeOffset.MaxValue },
                ],
        };
        new QueueRouter(options).IsChanging(Later, Later - Start).ShouldBeFalse();
    }

    [Fact]
    public void A_purchase_belongs_to_its_key_whoever_asks_for_it_under_whatever_call()
    {
        var router = Router(["a", "b"]);
        var keys = Enumerable.Range(0, 100).Select(number => $"cart-{number}.1").ToList();
        var chosen = keys.Select(key => Of(key, "1", "EV", "s")).ToList();
        foreach (var (call, step, subject) in new[] { ("2", "EV", "s"), ("1", "EN", "s"), ("3", "UP", "another") })
            keys.Select(key => Of(key, call, step, subject)).ShouldBe(chosen);
        chosen.Count(queue => queue == "a").ShouldBeInRange(30, 70);

        string Of(string key, string call, string step, string subject) =>
            router.Rank(PpvOrder.Confirm(ConnectionId.Parse(call)) with { Id = $"{key}.{step}", Subject = subject }, Later)[0];
    }

    private static string Choose(string[] queues, ConnectionId call) => Router(queues).Rank(PpvOrder.Confirm(call), Later)[0];

    private static QueueRouter Router(string[] queues) =>
        new(new RpcOptions { Queues = [.. queues.Select(name => new QueueRoute { Name = name })] });
}
