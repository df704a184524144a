using System.Text;
using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Hosting.Tests;

/// <summary>Contract §1: every form in which the voice platform may ask, and what it is answered.</summary>
public class RequestFormsTests
{
    public static TheoryData<string, string, string> Forms => new()
    {
        { """{"content": "{'connid':'0127032d64a94732','EV':'1569885'}"}""", "0127032d64a94732", "EV=1569885" },
        { """{"content": {"connid": "0128031c21578752", "EV": "123456"}}""", "0128031c21578752", "EV=123456" },
        { """{"content": "{'connid':'0127032d64a94732','EN':'85165320'}"}""", "0127032d64a94732", "EN=85165320" },
        { """{"content": {"connid": "0128031c21578752", "CONFIRM": "UP"}}""", "0128031c21578752", "CONFIRM=UP" },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task GET_and_POST_place_the_order_and_answer_with_what_Wizard_said(string body, string connectionId, string command)
    {
        await using var gateway = await GatewayApp.StartAsync();
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post })
        {
            using var response = await gateway.SendAsync(method, Encoding.UTF8.GetBytes(body));

            await response.ShouldSayAsync("OK", "Completed");
            var order = gateway.Client.Orders[^1];
            order.ConnectionId!.ToString().ShouldBe(connectionId);
            $"{order.Command.Key}={order.Command.Value}".ShouldBe(command);
            response.Header("X-Ppv-Order-Id").ShouldBe(order.Id);
        }

        gateway.Client.Orders.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-8")]
    public async Task The_content_type_does_not_matter(string? contentType)
    {
        await using var gateway = await GatewayApp.StartAsync();
        using var response = await gateway.SendAsync(
            HttpMethod.Post, "{\"content\":{\"connid\":\"1\",\"EV\":\"2\"}}"u8.ToArray(), contentType);
        await response.ShouldSayAsync("OK", "Completed");
    }

    [Theory]
    [InlineData(RpcOutcome.NotExecuted, "ER444", "Wizard is down.", "ER444")]
    [InlineData(RpcOutcome.Unknown, "ER444", "Wizard did not answer.", "ER444")]
    [InlineData(RpcOutcome.Unknown, null, "No answer came.", "ER995")]
    [InlineData(RpcOutcome.NotExecuted, null, "No broker.", "ER995")]
    public async Task A_failure_is_the_workers_code_or_ours_with_the_reason_in_a_header(
        RpcOutcome outcome, string? code, string reason, string expected)
    {
        await using var gateway = await GatewayApp.StartAsync();
        gateway.Client.Says(outcome, code, reason);
        using var response = await gateway.PostAsync("""{"content":{"connid":"1","CONFIRM":"UP"}}""");
        await response.ShouldSayAsync(expected, outcome.ToString());
        response.Header("X-Ppv-Reason").ShouldBe(reason);
    }

    [Fact]
    public async Task A_reason_can_neither_add_a_header_nor_a_log_line()
    {
        await using var gateway = await GatewayApp.StartAsync();
        gateway.Client.Says(RpcOutcome.Unknown, null, "first\r\nX-Evil: yes\u00e9\u007f" + new string('x', 5000));
        using var response = await gateway.PostAsync("""{"content":{"connid":"1","CONFIRM":"UP"}}""");
        await response.ShouldSayAsync("ER995", "Unknown");
        response.Headers.Contains("X-Evil").ShouldBeFalse();
        response.Header("X-Ppv-Reason")!.ShouldStartWith("first  X-Evil: yes??xxx");
        response.Header("X-Ppv-Reason")!.Length.ShouldBeLessThanOrEqualTo(400);
        gateway.Log.OfOurs.ShouldAllBe(entry => !entry.Message.Contains('\n'));
    }

    [Theory]
    [InlineData("A \"quote\" and \\", """A \"quote\" and \\""")]
    [InlineData("<b>&'+", "<b>&'+")]
    public async Task Wizards_text_is_escaped_as_JSON_wants_it_and_no_more(string text, string expected)
    {
        await using var gateway = await GatewayApp.StartAsync();
        gateway.Client.Says(RpcOutcome.Completed, text, null);
        using var response = await gateway.PostAsync("""{"content":{"connid":"1","EV":"2"}}""");
        await response.ShouldSayAsync(expected, "Completed");
    }

    [Fact]
    public async Task Path_and_codes_are_options()
    {
        await using var gateway = await GatewayApp.StartAsync(
            o => (o.Gateway.Path, o.Gateway.InvalidRequestCode, o.Gateway.NoAnswerCode) = ("/buy", "E1", "E2"));
        gateway.Client.Says(RpcOutcome.Unknown, null, "Nothing.");
        using var invalid = await gateway.Http.PostAsync("/buy", new StringContent("{}"));
        await invalid.ShouldSayAsync("E1", "NotExecuted");
        using var silent = await gateway.Http.PostAsync(
            "/buy", new ByteArrayContent(OrderJson.ToRequestBytes(new PpvOrder(null, PpvCommand.Confirm))));
        await silent.ShouldSayAsync("E1", "NotExecuted");
        using var order = await gateway.Http.PostAsync(
            "/buy", new ByteArrayContent(OrderJson.ToRequestBytes(PpvOrder.Confirm(ConnectionId.Parse("1")))));
        await order.ShouldSayAsync("E2", "Unknown");
    }

    [Fact]
    public async Task Each_order_leaves_one_line_in_the_log()
    {
        await using var gateway = await GatewayApp.StartAsync();
        using var response = await gateway.PostAsync("""{"content":{"connid":"0127032d64a94732","EV":"1569885"}}""");
        var line = gateway.Log.OfOurs.Single(entry => entry.Category.EndsWith("OrderEndpoint", StringComparison.Ordinal));
        line.Message.ShouldContain(gateway.Client.Orders.Single().Id);
        line.Message.ShouldContain("0127032d64a94732");
        line.Message.ShouldContain("EV=1569885");
        line.Message.ShouldContain("OK");
    }
}
