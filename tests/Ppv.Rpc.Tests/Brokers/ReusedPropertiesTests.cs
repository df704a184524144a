using Ppv.Rpc.Brokers;
using Ppv.Rpc.Brokers.RabbitMq;
using Ppv.Rpc.Messages;
using RabbitMQ.Client;

namespace Ppv.Rpc.Tests.Brokers;

/// <summary>The same objects for one message after the other: nothing of one is in the next.</summary>
public class ReusedPropertiesTests
{
    private readonly ReusedProperties _properties = new();

    [Fact]
    public void Nothing_of_a_message_is_left_in_the_next_one()
    {
        _properties.For(new BrokerMessage
        {
            Body = default, ContentType = "application/json", Type = "ppv.status", CorrelationId = "c1", MessageId = "m1", ReplyTo = "r1",
            Expiration = TimeSpan.FromSeconds(1), IsPersistent = true, Deadline = DateTimeOffset.UnixEpoch,
                History = IdHistory.RepeatSince(DateTimeOffset.UnixEpoch),
            TraceParent = "00-1", TraceState = "a=b", Outcome = RpcOutcome.Completed, Reason = "Why.", Subject = "s",
                Prior = PriorUse.Other,
        });
        _properties.Written(isCompleted: true);

        var next = _properties.For(new BrokerMessage { Body = default, CorrelationId = "c2" });

        next.ShouldBeEquivalentTo(new BasicProperties { CorrelationId = "c2" });
        next.IsHeadersPresent().ShouldBeFalse("an old gateway gets none");
    }

    [Fact]
    public void What_the_library_added_is_not_in_the_next_one()
    {
        _properties.For(new BrokerMessage { Body = default, Reason = "Why." }).Headers!["traceparent"] = "00-1";
        _properties.Written(isCompleted: true);

        _properties.For(new BrokerMessage { Body = default, Reason = "Why not." }).Headers
            .ShouldBe(new Dictionary<string, object?> { [MessageMapping.ReasonHeader] = "Why not." });
    }

    [Fact]
    public void Those_of_a_message_that_is_still_to_be_written_are_left_alone()
    {
        var waiting = _properties.For(new BrokerMessage { Body = default, CorrelationId = "c1", Reason = "Why." });
        _properties.Written(isCompleted: false);

        _properties.For(new BrokerMessage { Body = default, CorrelationId = "c2", Outcome = RpcOutcome.Completed });

        waiting.CorrelationId.ShouldBe("c1");
        waiting.Headers.ShouldBe(new Dictionary<string, object?> { [MessageMapping.ReasonHeader] = "Why." });
    }
}
