using System.Text;
using CsCheck;
using Ppv.Protocol.Tests.Support;

namespace Ppv.Protocol.Tests.Orders;

public sealed class OrderJsonWritingTests
{
    private static readonly PpvOrder Order = PpvOrder.Event(ConnectionId.Parse("0127032d64a94732"), "1569885");

    [Fact]
    public void An_order_is_written_as_JSON() =>
        Text(OrderJson.ToBytes(Order)).ShouldBe("""{"connid":"0127032d64a94732","EV":"1569885"}""");

    [Fact]
    public void An_order_is_written_as_the_old_gateway_forwards_it() =>
        Text(OrderJson.ToBytes(Order, OrderJsonStyle.Python)).ShouldBe("{'connid':'0127032d64a94732','EV':'1569885'}");

    [Fact]
    public void A_request_is_written_as_the_voice_platform_sends_it() =>
        Text(OrderJson.ToRequestBytes(Order)).ShouldBe("""{"content": "{'connid':'0127032d64a94732','EV':'1569885'}"}""");

    [Fact]
    public void A_request_is_written_with_an_object_on_request() =>
        Text(OrderJson.ToRequestBytes(Order, OrderJsonStyle.Json)).ShouldBe(
            """{"content": {"connid":"0127032d64a94732","EV":"1569885"}}""");

    [Fact]
    public void An_order_without_a_call_has_no_connid() =>
        Text(OrderJson.ToBytes(new PpvOrder(null, PpvCommand.Confirm))).ShouldBe("""{"CONFIRM":"UP"}""");

    [Fact]
    public void What_is_written_is_read_back_in_every_style() =>
        Gen.Select(Generators.Orders, Gen.Enum<OrderJsonStyle>()).Sample((order, style) =>
        {
            OrderJson.TryRead(OrderJson.ToBytes(order, style), out var read, out var error).ShouldBeTrue(error);
            (read!.ConnectionId?.ToString(), read.Command).ShouldBe((order.ConnectionId?.ToString(), order.Command));
            OrderJson.TryReadRequest(OrderJson.ToRequestBytes(order, style), out read, out error).ShouldBeTrue(error);
            (read!.ConnectionId?.ToString(), read.Command).ShouldBe((order.ConnectionId?.ToString(), order.Command));
        });

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
