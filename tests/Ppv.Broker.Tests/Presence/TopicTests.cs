using Ppv.Broker.Tests.Brokers;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;

namespace Ppv.Broker.Tests.Presence;

/// <summary>Messages to everybody who has subscribed to a topic, and what missing rights cost: never the connection.</summary>
public class TopicTests(SharedBroker broker)
{
    private const string BrokersOwn = "^amq\\.gen-.*$", Everything = ".*";
    private readonly string _topic = TestBroker.UniqueQueueName("topic");

    [Fact]
    public async Task A_message_to_a_topic_comes_to_everybody_who_subscribed_and_to_nobody_else()
    {
        await using var first = await DialAsync();
        await using var second = await DialAsync();
        await using var third = await DialAsync();
        (await first.PublishAsync(_topic, "nobody")).ShouldBeFalse();

        await first.SubscribeAsync(_topic);
        await second.SubscribeAsync(_topic);
        (await first.PublishAsync(_topic, "hello")).ShouldBeTrue();

        (await first.Heard.Within()).ShouldBe("hello");
        (await second.Heard.Within()).ShouldBe("hello");
        // Its queue gives messages in order, and there was none before this one.
        await third.WorksAsync();
    }

    [Fact]
    public async Task Who_has_gone_is_not_published_to_any_more()
    {
        await using var first = await DialAsync();
        var second = await DialAsync();
        await second.SubscribeAsync(_topic);
        (await first.PublishAsync(_topic, "1")).ShouldBeTrue();

        await second.DisposeAsync();

        var since = TimeProvider.System.GetTimestamp();
        while (await first.PublishAsync(_topic, "2")) TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Bounds.Limit);
    }

    [Theory]
    [InlineData("^amq\\.default$", Everything, "write permission on 'amq.gen-.*'")]
    [InlineData(Everything, BrokersOwn, "read permission on 'amq.direct'")]
    public async Task Without_the_right_to_subscribe_that_is_said_and_the_connection_works_as_before(
        string write, string read, string advice)
    {
        await using var user = await LimitedUser.MakeAsync(broker, BrokersOwn, write, read);
        await using var connection = await DialAsync(user.Address);

        var refused = await Should.ThrowAsync<BrokerException>(connection.SubscribeAsync(_topic));

        refused.NeedsAttention.ShouldBeTrue();
        refused.Message.ShouldContain("403");
        refused.Message.ShouldContain(advice);
        await connection.WorksAsync();
    }

    [Fact]
    public async Task Without_the_right_to_publish_that_is_said_and_the_connection_works_as_before()
    {
        await using var user = await LimitedUser.MakeAsync(broker, BrokersOwn, "^(amq\\.default|amq\\.gen-.*)$", Everything);
        await using var connection = await DialAsync(user.Address);
        await connection.SubscribeAsync(_topic);

        for (var time = 0; time < 2; time++)
        {
            var refused = await Should.ThrowAsync<BrokerException>(connection.PublishAsync(_topic, "1"));
            refused.Message.ShouldContain("does not let us publish to 'amq.direct'");
            refused.Message.ShouldContain("403");
        }

        await connection.WorksAsync();
    }

    [Fact]
    public async Task Over_direct_reply_to_nothing_can_be_subscribed_to_and_the_connection_works_as_before()
    {
        await using var connection = await RealConnection.DialAsync(broker.Address);
        await connection.ConsumeRepliesAsync(kind: ReplyQueueKind.DirectReplyTo);

        (await Should.ThrowAsync<BrokerException>(connection.SubscribeAsync(_topic, Bounds.Token))).Message
            .ShouldContain("direct reply-to");
        (await connection.ProbeAsync().Within()).ShouldBeTrue();
    }

    private async Task<Hearer> DialAsync(BrokerAddress? address = null)
    {
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var connection = await RealConnection.DialAsync(address ?? broker.Address);
        return new Hearer(connection, await connection.ConsumeRepliesAsync(message => heard.TrySetResult(message.Text())), heard.Task);
    }

    /// <summary>A connection, its reply queue, and the first message that came there.</summary>
    private sealed record Hearer(IBrokerConnection Connection, string Queue, Task<string> Heard) : IAsyncDisposable
    {
        public Task SubscribeAsync(string topic) => Connection.SubscribeAsync(topic, Bounds.Token);

        public Task<bool> PublishAsync(string topic, string text) =>
            Connection.PublishToTopicAsync(topic, RealConnection.Message(text), Bounds.Token);

        /// <summary>It hears what it sends itself, a probe comes back, and it is there.</summary>
        public async Task WorksAsync()
        {
            await Connection.PublishAsync(Queue, RealConnection.Message("still here"));
            (await Heard.Within()).ShouldBe("still here");
            (await Connection.ProbeAsync().Within()).ShouldBeTrue();
            Connection.Lost.IsCompleted.ShouldBeFalse();
        }

        public ValueTask DisposeAsync() => Connection.DisposeAsync();
    }
}
