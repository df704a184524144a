using System.Text;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Brokers.RabbitMq;
using RabbitMQ.Client;

namespace Ppv.Rpc.Tests.Brokers;

public class MessageMappingTests
{
    [Fact]
    public void Nothing_is_set_that_the_message_does_not_have()
    {
        var properties = MessageMapping.ToProperties(new BrokerMessage { Body = "OK\r"u8.ToArray(), CorrelationId = "c" });

        properties.CorrelationId.ShouldBe("c");
        properties.IsHeadersPresent().ShouldBeFalse();
        properties.IsMessageIdPresent().ShouldBeFalse();
        properties.IsContentTypePresent().ShouldBeFalse();
        properties.IsExpirationPresent().ShouldBeFalse();
        properties.IsReplyToPresent().ShouldBeFalse();
        properties.IsDeliveryModePresent().ShouldBeFalse();
    }

    [Fact]
    public void A_persistent_message_has_delivery_mode_2() =>
        MessageMapping.ToProperties(
            new BrokerMessage { Body = default, IsPersistent = true }).DeliveryMode.ShouldBe(DeliveryModes.Persistent);

    [Theory]
    [InlineData(30_000, "30000")]
    [InlineData(0.2, "1")]
    [InlineData(1_234.9, "1234")]
    public void Expiration_is_whole_milliseconds_and_at_least_one(double milliseconds, string expected) =>
        MessageMapping.ToProperties(
            new BrokerMessage { Body = default, Expiration = TimeSpan.FromMilliseconds(milliseconds) }).Expiration.ShouldBe(expected);

    [Fact]
    public void Headers_come_back_as_they_went_with_text_as_the_wire_has_it()
    {
        var deadline = DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_123);
        var properties = MessageMapping.ToProperties(
            new BrokerMessage { Body = default, Deadline = deadline, Outcome = RpcOutcome.Unknown, Reason = "Why." });
        foreach (var (name, value) in properties.Headers!.ToList())
        {
            if (value is string text) properties.Headers![name] = Encoding.UTF8.GetBytes(text);
        }

        var message = MessageMapping.ToMessage(properties, "x"u8.ToArray());

        message.Deadline.ShouldBe(deadline);
        message.Outcome.ShouldBe(RpcOutcome.Unknown);
        message.Reason.ShouldBe("Why.");
    }

    public static TheoryData<object> Strange =>
        [-1L, long.MaxValue, 1.5, true, "text", new byte[] { 0xFF, 0xFE }, new List<object> { 1 }, new Dictionary<string, object>()];

    [Theory]
    [MemberData(nameof(Strange))]
    public void Strangers_headers_count_as_absent(object value)
    {
        var properties = new BasicProperties
        {
            Headers = new Dictionary<string, object?>
            {
                [MessageMapping.DeadlineHeader] = value,
                [MessageMapping.OutcomeHeader] = value,
            },
        };

        var message = MessageMapping.ToMessage(properties, default);

        message.Deadline.ShouldBeNull();
        message.Outcome.ShouldBeNull();
    }

    [Theory]
    [InlineData("completed")]
    [InlineData("1")]
    [InlineData("Completed, Unknown")]
    public void An_outcome_that_is_none_counts_as_absent(string text)
    {
        var properties = new BasicProperties
        {
            Headers = new Dictionary<string,
            object?> { [MessageMapping.OutcomeHeader] = Encoding.UTF8.GetBytes(text) },
        };

        MessageMapping.ToMessage(properties, default).Outcome.ShouldBeNull();
    }

    [Fact]
    public void The_body_is_a_copy()
    {
        var body = "OK"u8.ToArray();
        var message = MessageMapping.ToMessage(new BasicProperties(), body);
        body[0] = 0;

        message.Body.Span[0].ShouldBe((byte)'O');
    }
}
