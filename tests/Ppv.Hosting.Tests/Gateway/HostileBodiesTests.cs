using System.Net;
using System.Text;

namespace Ppv.Hosting.Tests;

/// <summary>
/// 10,000 bodies in a row that wish the gateway ill. Every one is answered, and afterwards an order goes through as before.
/// </summary>
public class HostileBodiesTests
{
    private const string Valid = """{"content":"{'connid':'0127032d64a94732','EV':'1569885'}"}""";
    private static readonly string[] Fragments =
    [
        "{", "}", "[", "]", "'", "\"", "\\", "\\u0000", "\\ud800", ":", ",", "content", "connid", "EV", "EN", "CONFIRM", "UP", "\r", "\n",
        "\0", "A017UP\r", "1e999", "-", "é", "\u202e", "$(reboot)", "' OR 1=1 --", "%s%n",
    ];

    [Fact]
    public async Task Ten_thousand_hostile_bodies_leave_the_gateway_healthy()
    {
        await using var gateway = await GatewayApp.StartAsync();
        var random = new Random(20260101);
        for (var i = 0; i < 10_000; i++)
        {
            var body = Hostile(random, i);
            var before = gateway.Client.Orders.Count;
            using var response = await gateway.SendAsync(i % 2 == 0 ? HttpMethod.Get : HttpMethod.Post, body);
            if (body.Length > 16 * 1024)
                await response.ShouldSayAsync("ER996", "NotExecuted", HttpStatusCode.RequestEntityTooLarge);
            else if (response.Header("X-Ppv-Outcome") == "Completed")
                // A mutation that happens to be an order; the dialect's own tests judge it.
                gateway.Client.Orders.Count.ShouldBe(before + 1);
            else
                await response.ShouldSayAsync("ER996", "NotExecuted");
        }

        gateway.Client.Orders.ShouldAllBe(order => order.Command.Value.All(c => c >= ' ' && c <= '~'));
        using var last = await gateway.PostAsync(Valid);
        await last.ShouldSayAsync("OK", "Completed");
        using var live = await gateway.Http.GetAsync("/health/live");
        live.StatusCode.ShouldBe(HttpStatusCode.OK);
        gateway.Log.OfOurs.ShouldAllBe(entry => entry.Exception == null && !entry.Message.Contains('\n') && !entry.Message.Contains('\r'));
    }

    private static byte[] Hostile(Random random, int i) => (i % 8) switch
    {
        0 => Noise(random, random.Next(0, 300)),
        1 => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(1, 40)).Select(_ => Any(random)))),
        2 => Mutated(random),
        3 => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(random.Next(2) == 0 ? "[" : "{\"content\":", random.Next(1, 1_400)))),
        4 => [.. "{\"content\":\""u8, .. Noise(random, 20), .. "\"}"u8],
        5 => Encoding.UTF8.GetBytes($$$"""{"content":{"connid":"{{{Any(random)}}}","EV":"1{{{Any(random)}}}\r"}}"""),
        6 => Encoding.UTF8.GetBytes(Valid[..random.Next(Valid.Length)]),
        _ => i % 64 == 7 ? new byte[random.Next(16_385, 100_000)] : Encoding.Unicode.GetBytes(Valid),
    };

    private static string Any(Random random) => Fragments[random.Next(Fragments.Length)];

    private static byte[] Noise(Random random, int length)
    {
        var noise = new byte[length];
        random.NextBytes(noise);
        return noise;
    }

    private static byte[] Mutated(Random random)
    {
        var body = Encoding.UTF8.GetBytes(Valid);
        for (var i = random.Next(1, 5); i > 0; i--) body[random.Next(body.Length)] = (byte)random.Next(256);
        return body;
    }
}
