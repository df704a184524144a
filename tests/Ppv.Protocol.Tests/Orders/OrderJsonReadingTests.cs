using System.Text;
using CsCheck;
using Ppv.Protocol.Tests.Support;

namespace Ppv.Protocol.Tests.Orders;

public sealed class OrderJsonReadingTests
{
    [Theory]
    [InlineData("""{"content": "{'connid':'0127032d64a94732','EV':'1569885'}"}""", "0127032d64a94732", "EV=1569885")]
    [InlineData("""{"content": {"connid": "0128031c21578752", "EV": "123456"}}""", "0128031c21578752", "EV=123456")]
    [InlineData("""{"content": {"connid": "0128031c21578752", "EN": 85165320}}""", "0128031c21578752", "EN=85165320")]
    [InlineData("""{"x": [{"y": null}], "content": "{\"connid\": \"0128031c21578752\", \"CONFIRM\": \"UP\"}", "z": 1}""",
        "0128031c21578752", "CONFIRM=UP")]
    [InlineData("""{"cont\u0065nt": "{'connid': 12, 'EV': '-1'}"}""", "12", "EV=-1")]
    public void A_request_body_is_read_in_every_form_that_the_voice_platform_has(string body, string connectionId, string command)
    {
        OrderJson.TryReadRequest(Encoding.UTF8.GetBytes(body), out var order, out var error).ShouldBeTrue(error);
        order!.ConnectionId!.ToString().ShouldBe(connectionId);
        $"{order.Command.Key}={order.Command.Value}".ShouldBe(command);
    }

    [Theory]
    [InlineData("{'connid':'0127032d64a94732','EV':'262193'}", "0127032d64a94732", "EV=262193")]
    [InlineData("{'connid': '0127032d64a94732', 'EV': '262193'}", "0127032d64a94732", "EV=262193")]
    [InlineData("{\"connid\":\"0127032d64a94732\",\"EN\":\"85165320\"}", "0127032d64a94732", "EN=85165320")]
    [InlineData("{'connid': 127, \"CONFIRM\": 'UP'}", "127", "CONFIRM=UP")]
    [InlineData("\uFEFF{'connid':'a','EV':-5}\r\n ", "a", "EV=-5")]
    [InlineData("{'connid':'a','EV':'1','x':None,'y':[True,{'EV':False}],'z':\"it's \\\"\", 'q':'say \"hi\" \\' '}", "a", "EV=1")]
    [InlineData("{'connid':'a','EV':'1','ev':'2','ConnId':'!'}", "a", "EV=1")]
    [InlineData("{'EV':'1','connid':'a'}", "a", "EV=1")]
    [InlineData("{'connid':'a','EV':'None'}", "a", "EV=None")]
    public void An_order_is_read_in_both_styles(string text, string connectionId, string command)
    {
        OrderJson.TryRead(Encoding.UTF8.GetBytes(text), out var order, out var error).ShouldBeTrue(error);
        order!.ConnectionId!.ToString().ShouldBe(connectionId);
        $"{order.Command.Key}={order.Command.Value}".ShouldBe(command);
    }

    [Theory]
    [InlineData("{'EV':'1'}")]
    [InlineData("{'connid':None,'EV':'1'}")]
    [InlineData("{\"connid\":null,\"EV\":\"1\"}")]
    public void An_order_without_a_call_is_the_hosts_to_judge(string text)
    {
        OrderJson.TryRead(Bytes.Of(text), out var order, out var error).ShouldBeTrue(error);
        order!.ConnectionId.ShouldBeNull();
    }

    [Theory]
    [InlineData("{'connid':'a'}", "no command")]
    [InlineData("{}", "no command")]
    [InlineData("{'connid':'a','XX':'1'}", "no command")]
    [InlineData("{'connid':'a','ev':'1'}", "no command")]
    [InlineData("{'connid':'a','EV':'1\\rA017UP'}", "printable ASCII")]
    [InlineData("{'connid':'a','EV':'1\rA017UP'}", "neither JSON nor")]
    [InlineData("{'connid':'a','EV':'1','EN':'2'}", "more than one command")]
    [InlineData("{'connid':'a','EV':'1','EN':'2','CONFIRM':'UP'}", "more than one command")]
    [InlineData("{'connid':'a','EV':'1','EV':'1'}", "more than one command")]
    [InlineData("{'connid':'a','connid':'a','EV':'1'}", "more than one 'connid'")]
    [InlineData("{'connid':null,'connid':'a','EV':'1'}", "more than one 'connid'")]
    [InlineData("{'connid':'a','CONFIRM':'NO'}", "only 'UP' confirms")]
    [InlineData("{'connid':'a','CONFIRM':'up'}", "only 'UP' confirms")]
    [InlineData("{'connid':'a','CONFIRM':'UP '}", "only 'UP' confirms")]
    [InlineData("{'connid':'a','CONFIRM':1}", "only 'UP' confirms")]
    [InlineData("{'connid':'a','CONFIRM':true}", "neither a string nor an integer")]
    [InlineData("{'connid':'a','EV':1.0}", "neither a string nor an integer")]
    [InlineData("{'connid':'a','EV':1e5}", "neither a string nor an integer")]
    [InlineData("{'connid':'a','EV':null}", "neither a string nor an integer")]
    [InlineData("{'connid':'a','EV':['1']}", "neither a string nor an integer")]
    [InlineData("{'connid':'a','EV':{'x':1}}", "neither a string nor an integer")]
    [InlineData("{'connid':'a','EV':123456789012345678901}", "1 to 20 printable")]
    [InlineData("{'connid':'a','EV':''}", "1 to 20 printable")]
    [InlineData("{'connid':'a','EV':' 1'}", "1 to 20 printable")]
    [InlineData("{'connid':'a','EV':'é'}", "1 to 20 printable")]
    [InlineData("{'connid':'xyz','EV':'1'}", "hexadecimal")]
    [InlineData("{'connid':'','EV':'1'}", "hexadecimal")]
    [InlineData("{'connid':-1,'EV':'1'}", "hexadecimal")]
    [InlineData("{'connid':[],'EV':'1'}", "hexadecimal")]
    [InlineData("{'connid':'123456789012345678901234567890123','EV':'1'}", "hexadecimal")]
    [InlineData("{'connid':'a','EV':'1'} x", "neither JSON nor")]
    [InlineData("{'connid':'a','EV':'1'}{}", "neither JSON nor")]
    [InlineData("{'connid':'a','EV':'1'", "neither JSON nor")]
    [InlineData("{'connid':'a','EV':'1", "neither JSON nor")]
    [InlineData("{'connid':'a','EV':'\\ud800'}", "neither JSON nor")]
    [InlineData("", "neither JSON nor")]
    [InlineData("'", "neither JSON nor")]
    [InlineData("None", "not an object")]
    [InlineData("['EV']", "not an object")]
    public void What_is_no_order_is_refused_with_the_reason(string text, string reason)
    {
        OrderJson.TryRead(Encoding.UTF8.GetBytes(text), out var order, out var error).ShouldBeFalse();
        order.ShouldBeNull();
        error.ShouldContain(reason);
        var body = Encoding.UTF8.GetBytes("{\"content\": " + System.Text.Json.JsonSerializer.Serialize(text) + "}");
        OrderJson.TryReadRequest(body, out order, out var requestError).ShouldBeFalse();
        order.ShouldBeNull();
        requestError.ShouldContain(reason);
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("EV=1", "not JSON")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("{}", "no 'content'")]
    [InlineData("""{"content": null}""", "neither an object nor a string")]
    [InlineData("""{"content": ["EV"]}""", "neither an object nor a string")]
    [InlineData("""{"content": 5}""", "neither an object nor a string")]
    [InlineData("""{"Content": {"connid": "a", "EV": "1"}}""", "no 'content'")]
    [InlineData("""{"content": {"connid": "a", "EV": "1"}, "content": {"connid": "a", "EV": "2"}}""", "more than one 'content'")]
    [InlineData("""{"content": {"connid": "a", "EV": "1"}} x""", "not JSON")]
    [InlineData("""{"content": {"connid": "a", "EV": "1"}, """, "not JSON")]
    [InlineData("""{"content": "\udc00"}""", "not JSON")]
    public void What_is_no_request_body_is_refused_with_the_reason(string body, string reason)
    {
        OrderJson.TryReadRequest(Encoding.UTF8.GetBytes(body), out var order, out var error).ShouldBeFalse();
        order.ShouldBeNull();
        error.ShouldContain(reason);
    }

    [Fact]
    public void An_input_beyond_the_limit_is_refused_unread()
    {
        var text = new byte[OrderJson.MaxLength + 1];
        OrderJson.TryRead(text, out _, out var error).ShouldBeFalse();
        error.ShouldContain("65537 bytes");
        OrderJson.TryReadRequest(text, out _, out error).ShouldBeFalse();
        error.ShouldContain("65537 bytes");
    }

    [Fact]
    public void Deep_nesting_is_refused() =>
        OrderJson.TryRead(Bytes.Of("{'x':" + new string('[', 30_000) + "}"), out _, out _).ShouldBeFalse();

    [Fact]
    public void No_bytes_make_a_reader_throw_or_an_error_forge_a_log_line() =>
        Generators.DialectBytes.Sample(bytes =>
        {
            CheckOne(OrderJson.TryRead(bytes, out var order, out var error), order, error);
            CheckOne(OrderJson.TryReadRequest(bytes, out order, out error), order, error);
        }, iter: 30_000);

    private static void CheckOne(bool isRead, PpvOrder? order, string? error)
    {
        (order is not null).ShouldBe(isRead);
        (error is null).ShouldBe(isRead);
        if (error is not null)
        {
            error.Length.ShouldBeLessThan(250);
            error.AsSpan().ContainsAnyExceptInRange(' ', '~').ShouldBeFalse(error);
        }
        if (order is not null) PpvCommand.IsValidValue(order.Command.Value).ShouldBeTrue();
    }
}
