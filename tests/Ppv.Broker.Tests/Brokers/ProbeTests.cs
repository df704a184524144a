using Ppv.Rpc;
using Ppv.Rpc.Brokers;

namespace Ppv.Broker.Tests.Brokers;

/// <summary>A connection that no longer works is found out, whatever it looks like, and nobody waits for it.</summary>
public class ProbeTests(SharedBroker broker)
{
    private readonly string _queue = TestBroker.UniqueQueueName("probe");

    [Theory]
    [InlineData(ReplyQueueKind.ExclusiveQueue)]
    [InlineData(ReplyQueueKind.DirectReplyTo)]
    public async Task A_probe_works_and_never_shows_among_the_answers(ReplyQueueKind kind)
    {
        var answers = new List<BrokerMessage>();
        await using var connection = await RealConnection.DialAsync(broker.Address);
        await connection.ConsumeRepliesAsync(answers.Add, kind);

        for (var probe = 0; probe < 5; probe++) (await connection.ProbeAsync().Within()).ShouldBeTrue();
        (await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => connection.ProbeAsync())).Within()).ShouldAllBe(works => works);

        answers.ShouldBeEmpty();
        connection.Lost.IsCompleted.ShouldBeFalse();
    }

    [Theory]
    [InlineData(ReplyQueueKind.ExclusiveQueue)]
    [InlineData(ReplyQueueKind.DirectReplyTo)]
    public async Task A_silent_way_is_found_out_within_the_probes_time_and_closing_does_not_wait(ReplyQueueKind kind)
    {
        await using var proxy = new TcpProxy(broker.Address.Host, broker.Address.Port);
        var connection = await RealConnection.DialAsync(
            broker.Address.Through(proxy), options => options.ProbeTimeout = TimeSpan.FromSeconds(1));
        await connection.ConsumeRepliesAsync(kind: kind);
        await connection.DeclareQueueAsync(new QueueDeclaration(_queue, QueueKind.LegacyTransient, RealConnection.Ttl), Bounds.Token);
        (await connection.ProbeAsync().Within()).ShouldBeTrue();
        proxy.Freeze();
        var publishing = connection.PublishAsync(_queue, RealConnection.Message("swallowed"));

        var since = TimeProvider.System.GetTimestamp();
        (await connection.ProbeAsync().Within()).ShouldBeFalse();

        (await connection.Lost.Within()).ShouldContain("no answer to a probe within 1 s");
        // Not the 10 s that a publish may take.
        (await Should.ThrowAsync<NotConfirmedException>(publishing.Within())).IsReturned.ShouldBeFalse();
        await connection.DisposeAsync();
        TimeProvider.System.GetElapsedTime(since).ShouldBeInRange(TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(9));
    }

    [Fact]
    public async Task Closing_on_a_silent_way_that_nobody_found_out_yet_ends_soon()
    {
        await using var proxy = new TcpProxy(broker.Address.Host, broker.Address.Port);
        var connection = await RealConnection.DialAsync(broker.Address.Through(proxy));
        await connection.ConsumeRepliesAsync();
        proxy.Freeze();

        var since = TimeProvider.System.GetTimestamp();
        await connection.DisposeAsync().AsTask().Within();

        TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(TimeSpan.FromSeconds(9));
    }

    [Fact]
    public async Task Dialling_into_silence_ends_with_the_dial_timeout()
    {
        await using var proxy = new TcpProxy(broker.Address.Host, broker.Address.Port);
        proxy.Freeze();

        var since = TimeProvider.System.GetTimestamp();
        var failed = await Should.ThrowAsync<BrokerException>(
            RealConnection.DialAsync(broker.Address.Through(proxy), options => options.DialTimeout = TimeSpan.FromSeconds(1)));

        failed.NeedsAttention.ShouldBeFalse();
        failed.Message.ShouldContain("no answer within 1 s");
        TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task A_consumer_that_is_gone_without_a_word_is_found_out()
    {
        await using var connection = await RealConnection.DialAsync(broker.Address);
        await connection.ConsumeRepliesAsync();
        await connection.DeclareQueueAsync(new QueueDeclaration(_queue, QueueKind.LegacyTransient, RealConnection.Ttl), Bounds.Token);
        await connection.TryConsumeAsync(_queue, ConsumerKind.Exclusive);
        (await connection.ProbeAsync().Within()).ShouldBeTrue();

        // The queue forgets its consumers and tells nobody.
        await broker.Broker.ControlAsync("eval", $$"""
            {ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"{{broker.Address.VirtualHost}}">>, queue, <<"{{_queue}}">>)),
            [gen_server2:call(amqqueue:get_pid(Q), {basic_cancel, Channel, Tag, undefined, <<"test">>})
                || {Channel, Tag, _, _, _, _, _, _} <- rabbit_amqqueue:consumers(Q)].
            """);

        (await connection.ProbeAsync().Within()).ShouldBeFalse();
        (await connection.Lost.Within()).ShouldContain("no consumer");
    }

    [Fact]
    public async Task A_reply_queue_that_is_gone_is_found_out()
    {
        await using var connection = await RealConnection.DialAsync(broker.Address);
        var replies = await connection.ConsumeRepliesAsync();
        await broker.Broker.ControlAsync("eval", $$"""
            {ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"{{broker.Address.VirtualHost}}">>, queue, <<"{{replies}}">>)),
            rabbit_amqqueue:delete_exclusive([amqqueue:get_pid(Q)], undefined).
            """);

        await connection.ProbeAsync().Within();

        (await connection.Lost.Within()).ShouldNotBeNullOrEmpty();
    }
}
