using Ppv.Rpc;

namespace Ppv.Hosting.Tests;

/// <summary>What the gateway says of the past of an order's id.</summary>
public class IdHistoryTests
{
    private const string Order = """{"content":{"connid":"1","CONFIRM":"UP"}}""";
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string, string, TimeSpan> Ids => new()
    {
        { "X-Ppv-Order-Id", "mine", TimeSpan.FromMinutes(7) },
        { "Idempotency-Key", "mine", TimeSpan.FromHours(3) },
        { "X-Ppv-Order-Id", $"{Now.AddSeconds(-40).ToUnixTimeMilliseconds()}-f3a0", TimeSpan.FromSeconds(40) },
        { "Idempotency-Key", Guid.CreateVersion7(Now.AddHours(-30)).ToString(), TimeSpan.FromHours(30) },
        { "X-Ppv-Order-Id", Guid.CreateVersion7(Now.AddSeconds(1)).ToString("N"), TimeSpan.Zero }, // Of a clock that is a little ahead,
        { "X-Ppv-Order-Id", Guid.CreateVersion7(Now.AddSeconds(30)).ToString("N"), TimeSpan.FromMinutes(7) }, // and of one that is wrong.
    };

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task A_callers_id_may_be_as_old_as_it_says_or_as_long_as_such_ids_are_in_use(string header, string id, TimeSpan age)
    {
        await using var gateway = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, GatewayApp.Path) { Content = new StringContent(Order) };
        request.Headers.Add(header, id);

        using var response = await gateway.Http.SendAsync(request);

        gateway.Client.Histories.ShouldHaveSingleItem().ShouldBe(IdHistory.PossibleSince(Now - age));
    }

    [Fact]
    public async Task Of_an_id_that_is_in_both_headers_the_longer_time_counts()
    {
        await using var gateway = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, GatewayApp.Path) { Content = new StringContent(Order) };
        request.Headers.Add("X-Ppv-Order-Id", "mine");
        request.Headers.Add("Idempotency-Key", "mine");

        using var response = await gateway.Http.SendAsync(request);

        gateway.Client.Histories.ShouldHaveSingleItem().ShouldBe(IdHistory.PossibleSince(Now - TimeSpan.FromHours(3)));
    }

    [Fact]
    public async Task Of_an_id_that_the_gateway_makes_the_client_knows_that_it_is_new()
    {
        await using var gateway = await StartAsync();
        using var response = await gateway.PostAsync(Order);
        gateway.Client.Histories.ShouldHaveSingleItem().ShouldBeNull();
    }

    private static async Task<GatewayApp> StartAsync()
    {
        var gateway = await GatewayApp.StartAsync(
            options => (options.Gateway.UndatedOrderIdLife, options.Rpc.UndatedIdLife) = (TimeSpan.FromMinutes(7), TimeSpan.FromHours(3)),
            ownClock: true);
        gateway.Clock!.Advance(Now - gateway.Clock.GetUtcNow());
        return gateway;
    }
}
