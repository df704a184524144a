using System.Text;

namespace Ppv.Hosting.Tests;

/// <summary>Contract §5: what made the old gateway answer 500 or buy what nobody asked for gets ER996, and no order is placed.</summary>
public class BadRequestTests
{
    public static TheoryData<string> Refused =>
    [
        "",
        " ",
        "null",
        "[]",
        "\"text\"",
        "17",
        "{",
        "{}",
        "{\"content\":null}",
        "{\"content\":17}",
        "{\"content\":[]}",
        "{\"content\":\"\"}",
        "{\"content\":\"not a dict\"}",
        // A missing, empty or invalid connid.
        """{"content":{"EV":"1"}}""",
        """{"content":{"connid":null,"EV":"1"}}""",
        """{"content":{"connid":"","EV":"1"}}""",
        """{"content":{"connid":"xyz","EV":"1"}}""",
        """{"content":{"connid":"0127032d64a947320127032d64a947320","EV":"1"}}""",
        // A value that is no text.
        """{"content":{"connid":"1","EV":{}}}""",
        """{"content":{"connid":"1","EV":["1"]}}""",
        """{"content":{"connid":"1","EV":true}}""",
        """{"content":{"connid":"1","EV":null}}""",
        // A second command hidden in a value; characters that Wizard can't be sent.
        """{"content":{"connid":"1","EV":"1\rA017UP"}}""",
        """{"content":"{'connid':'1','EV':'1\\rA017UP'}"}""",
        """{"content":{"connid":"1","EV":"1\u0000"}}""",
        """{"content":{"connid":"1","EV":"é"}}""",
        """{"content":{"connid":"1","EV":"123456789012345678901"}}""",
        """{"content":{"connid":"1","EV":""}}""",
        // An unknown command, several commands, none.
        """{"content":{"connid":"1","XX":"1"}}""",
        """{"content":{"connid":"1"}}""",
        """{"content":{"connid":"1","EV":"1","EN":"2"}}""",
        """{"content":{"connid":"1","EV":"1","EN":"2","CONFIRM":"UP"}}""",
        """{"content":{"connid":"1","EV":"1","EV":"2"}}""",
        // Only UP buys.
        """{"content":{"connid":"1","CONFIRM":"NO"}}""",
        """{"content":{"connid":"1","CONFIRM":"up"}}""",
        """{"content":{"connid":"1","CONFIRM":""}}""",
    ];

    [Fact]
    public async Task Each_is_refused_with_a_reason_and_places_no_order()
    {
        await using var gateway = await GatewayApp.StartAsync();
        foreach (var body in Refused.Select(row => row.Data))
        {
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post })
            {
                using var response = await gateway.SendAsync(method, Encoding.UTF8.GetBytes(body));
                await response.ShouldSayAsync("ER996", "NotExecuted");
                gateway.Client.Orders.ShouldBeEmpty(body);
            }
        }
    }

    [Fact]
    public async Task No_body_at_all_is_refused()
    {
        await using var gateway = await GatewayApp.StartAsync();
        using var response = await gateway.Http.GetAsync(GatewayApp.Path);
        await response.ShouldSayAsync("ER996", "NotExecuted");
    }

    [Fact]
    public async Task A_missing_connid_is_passed_on_only_when_that_is_allowed()
    {
        await using var gateway = await GatewayApp.StartAsync(o => o.Gateway.AllowMissingConnectionId = true);
        using var response = await gateway.PostAsync("""{"content":{"EV":"1"}}""");
        await response.ShouldSayAsync("OK", "Completed");
        gateway.Client.Orders.Single().ConnectionId.ShouldBeNull();
        using var invalid = await gateway.PostAsync("""{"content":{"connid":"xyz","EV":"1"}}""");
        await invalid.ShouldSayAsync("ER996", "NotExecuted");
    }

    [Fact]
    public async Task Only_GET_and_POST_are_served()
    {
        await using var gateway = await GatewayApp.StartAsync();
        using var response = await gateway.SendAsync(HttpMethod.Put, "{}"u8.ToArray());
        response.StatusCode.ShouldBe(System.Net.HttpStatusCode.MethodNotAllowed);
    }
}
