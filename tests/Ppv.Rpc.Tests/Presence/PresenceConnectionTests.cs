using System.Text;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Presence;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Presence;

/// <summary>Presence beside requests, over one connection whose broker is the test.</summary>
public sealed class PresenceConnectionTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = Hang.Limit;
    private readonly ScriptedConnection _connection = new(new BrokerHost("kfs-gax", 5672)) { ReplyAddress = "amq.gen-ours" };
    private readonly RecordingLogger _log = new();
    private readonly RpcClient _client;

    public PresenceConnectionTests() => _client = Client(_connection);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Fact]
    public async Task An_inquiry_is_answered_with_a_report_and_is_not_taken_for_an_answer_to_a_request()
    {
        await ReadyAsync();
        _connection.Replies!(Inquiry("amq.gen-asker", "question-1"));

        var (queue, message) = await _connection.NextPublishedAsync();
        (queue, message.Type, message.CorrelationId, message.IsPersistent)
            .ShouldBe(("amq.gen-asker", "ppv.presence.report", "question-1", false));
        message.Expiration.ShouldBe(TimeSpan.FromSeconds(2));
        message.ReplyTo.ShouldBeNull();
        PresenceMessages.Read(message.Body).ShouldNotBeNull().Instance.ShouldBe(_client.Instance);
        _log.Entries.ShouldNotContain(entry => entry.Message.Contains("belongs to no request", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_report_never_settles_a_request_whatever_its_correlation_id()
    {
        var calling = _client.SendAsync(new RpcRequest("order-1", "{}"u8.ToArray()));
        var request = (await _connection.NextPublishedAsync()).Message;

        _connection.Replies!(Report(request.CorrelationId!, Guid.NewGuid()));
        _connection.Replies!(Inquiry("amq.gen-asker", request.CorrelationId!));
        (await _connection.NextPublishedAsync()).Message.Type.ShouldBe("ppv.presence.report");
        calling.IsCompleted.ShouldBeFalse();

        _connection.Replies!(new BrokerMessage { Body = "OK\r"u8.ToArray(), CorrelationId = request.CorrelationId });
        Encoding.ASCII.GetString((await calling.Within()).Body.Span).ShouldBe("OK\r");
    }

    [Fact]
    public async Task An_answer_to_a_request_is_no_report_whatever_its_correlation_id()
    {
        await ReadyAsync();
        var other = Guid.NewGuid();
        _connection.PublishingToTopic = inquiry =>
        {
            var report = PresenceMessages.ToBytes(new PresenceReport { Instance = Guid.NewGuid(), Role = "worker" });
            _connection.Replies!(new BrokerMessage { Body = report, CorrelationId = inquiry.CorrelationId });
            _connection.Replies!(Report(inquiry.CorrelationId!, other));
            return Task.FromResult(true);
        };

        (await _client.AskPresenceAsync(Patience, default, [other]).Within()).ShouldHaveSingleItem().Instance.ShouldBe(other);
    }

    [Theory]
    [InlineData("prod.ppv.kfs")]
    [InlineData("amq.rabbitmq.reply-to.g1h2AAA")]
    [InlineData("")]
    [InlineData(null)]
    public async Task Nobody_can_have_a_report_sent_to_a_queue_that_is_no_reply_queue(string? replyTo)
    {
        await ReadyAsync();
        _connection.Replies!(Inquiry(replyTo, "question-1"));
        _connection.Replies!(Inquiry("amq.gen-asker", "question-2"));

        (await _connection.NextPublishedAsync()).Message.CorrelationId.ShouldBe("question-2");
        _connection.NothingPublished.ShouldBeTrue();
    }

    [Fact]
    public async Task A_flood_of_inquiries_is_answered_as_far_as_it_can_be_and_orders_go_on()
    {
        await ReadyAsync();
        var confirmed = new TaskCompletionSource();
        _connection.Publishing = (queue, _) => queue == "orders" ? Task.CompletedTask : confirmed.Task;

        for (var i = 0; i < 10_000; i++) _connection.Replies!(Inquiry("amq.gen-asker", $"question-{i}"));
        var calling = _client.SendAsync(new RpcRequest("order-1", "{}"u8.ToArray()));
        var reports = 0;
        var (queue, message) = await _connection.NextPublishedAsync();
        for (; queue != "orders"; reports++) (queue, message) = await _connection.NextPublishedAsync();
        _connection.Replies!(new BrokerMessage { Body = "OK\r"u8.ToArray(), CorrelationId = message.CorrelationId });
        Encoding.ASCII.GetString((await calling.Within()).Body.Span).ShouldBe("OK\r");
        confirmed.SetResult();

        // Those that were under way, and those that could wait for the next turn; and presence still answers.
        _connection.Replies!(Inquiry("amq.gen-asker", "the last one"));
        for (message = default; message.CorrelationId != "the last one"; reports++)
        {
            if (_connection.NothingPublished) _connection.Replies!(Inquiry("amq.gen-asker", "the last one"));
            (_, message) = await _connection.NextPublishedAsync();
        }

        reports.ShouldBeLessThan(3 * PresenceConnection.MaxWaiting);
    }

    [Fact]
    public async Task A_refused_subscription_is_said_and_requests_pass_as_before()
    {
        const string reason = "RabbitMQ on kfs-gax:5672 does not let us bind our reply queue.";
        _connection.Subscribing = () => Task.FromException(new BrokerException(reason, needsAttention: true));
        await ReadyAsync();
        await Bounds.UntilAsync(() => _log.Entries.Any(entry => entry.Message.Contains(reason, StringComparison.Ordinal)), "the log");

        var calling = _client.SendAsync(new RpcRequest("order-1", "{}"u8.ToArray()));
        var request = (await _connection.NextPublishedAsync()).Message;
        _connection.Replies!(new BrokerMessage { Body = "OK\r"u8.ToArray(), CorrelationId = request.CorrelationId });
        (await calling.Within()).Body.IsEmpty.ShouldBeFalse();
    }

    [Fact]
    public void What_is_missing_to_be_seen_is_said_once_for_each_reason_however_many_connections_there_are()
    {
        var member = new PresenceMember(new PresenceSource("worker"), ["orders"], _log, TimeProvider.System);

        foreach (var reason in (string[])["no right", "no right", "no queue", "no right"])
            member.NotSeen(new BrokerHost("kfs-gax", 5672), reason);

        var said = _log.Entries.Select(entry => entry.Message).ToList();
        said.Count.ShouldBe(2);
        said[0].ShouldBe("This worker is not seen by those who ask RabbitMQ on kfs-gax:5672 who is there (ppv workers); its work is not "
            + "touched. no right");
        said[1].ShouldEndWith("no queue");
    }

    [Fact]
    public async Task A_subscription_that_hangs_holds_up_nothing()
    {
        _connection.Subscribing = () => new TaskCompletionSource().Task;
        await ReadyAsync();

        var calling = _client.SendAsync(new RpcRequest("order-1", "{}"u8.ToArray()));
        var request = (await _connection.NextPublishedAsync()).Message;
        _connection.Replies!(new BrokerMessage { Body = "OK\r"u8.ToArray(), CorrelationId = request.CorrelationId });

        (await calling.Within()).Body.IsEmpty.ShouldBeFalse();
    }

    [Fact]
    public async Task Over_direct_reply_to_nobody_can_be_asked_and_nothing_is_published()
    {
        var direct = new ScriptedConnection(new BrokerHost("kfs-gax", 5672)) { ReplyAddress = "amq.rabbitmq.reply-to" };
        direct.PublishingToTopic = _ => throw new InvalidOperationException("published");
        await using var client = Client(direct);
        client.Start();
        await Bounds.UntilAsync(() => client.Status.IsReady, "the connection");

        (await Should.ThrowAsync<BrokerException>(client.AskPresenceAsync(Patience, default))).Message
            .ShouldContain("Set Ppv:Rpc:ReplyQueueKind to ExclusiveQueue");
    }

    [Fact]
    public async Task In_an_alarm_nobody_is_asked_and_nobody_answered()
    {
        await ReadyAsync();
        var looks = 0;
        _connection.ReadingBlockedReason = () =>
        {
            Interlocked.Increment(ref looks);
            return "low on disk";
        };

        (await Should.ThrowAsync<BrokerException>(_client.AskPresenceAsync(Patience, default))).Message.ShouldContain("low on disk");
        var before = looks;
        _connection.Replies!(Inquiry("amq.gen-asker", "question-1"));
        await Bounds.UntilAsync(() => Volatile.Read(ref looks) > before, "the look before the report");
        _connection.Block(null);
        await Bounds.UntilAsync(
            () =>
            {
                _connection.Replies!(Inquiry("amq.gen-asker", "question-2"));
                return !_connection.NothingPublished;
            },
            "a report after the alarm");
        (await _connection.NextPublishedAsync()).Message.CorrelationId.ShouldBe("question-2");
    }

    [Fact]
    public async Task Nobody_there_is_an_empty_answer_at_once_and_a_refusal_is_none()
    {
        await ReadyAsync();
        (await _client.AskPresenceAsync(TimeSpan.FromHours(1), default).Within()).ShouldBeEmpty();

        _connection.PublishingToTopic = _ => throw new BrokerException("RabbitMQ does not let us publish.", needsAttention: true);
        (await Should.ThrowAsync<BrokerException>(_client.AskPresenceAsync(TimeSpan.FromHours(1), default).Within())).Message
            .ShouldBe("RabbitMQ does not let us publish.");
    }

    [Fact]
    public async Task A_broker_that_does_not_take_the_inquiry_is_waited_for_no_longer_than_there_is_patience()
    {
        await ReadyAsync();
        _connection.PublishingToTopic = _ => new TaskCompletionSource<bool>().Task;

        (await Should.ThrowAsync<BrokerException>(_client.AskPresenceAsync(TimeSpan.FromMilliseconds(10), default).Within())).Message
            .ShouldBe("RabbitMQ on kfs-gax:5672 did not take the question who is there within 0.01 s.");
    }

    [Fact]
    public async Task Who_gives_up_asking_is_let_go_at_once()
    {
        await ReadyAsync();
        _connection.PublishingToTopic = _ => Task.FromResult(true);
        using var giveUp = new CancellationTokenSource();
        var asking = _client.AskPresenceAsync(TimeSpan.FromHours(1), giveUp.Token);

        await giveUp.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(asking.Within());
    }

    [Fact]
    public async Task What_can_not_be_read_is_dropped_and_the_rest_counts()
    {
        await ReadyAsync();
        var other = Guid.NewGuid();
        _connection.PublishingToTopic = inquiry =>
        {
            foreach (var body in (string[])["", "no JSON", "[]", "null", "{}", """{"instance":1,"role":"worker"}""",
                $$"""{"instance":"{{Guid.NewGuid()}}","role":"worker","queues":null}""",
                $$"""{"instance":"{{Guid.NewGuid()}}","role":"worker","description":"{{new string('x', 100_000)}}"}"""])
            {
                _connection.Replies!(new BrokerMessage
                {
                    Body = Encoding.ASCII.GetBytes(body), Type = PresenceMessages.ReportType, CorrelationId = inquiry.CorrelationId,
                });
            }

            _connection.Replies!(Report(inquiry.CorrelationId!, other));
            return Task.FromResult(true);
        };

        (await _client.AskPresenceAsync(Patience, default, [other]).Within()).ShouldHaveSingleItem().Instance.ShouldBe(other);
    }

    [Fact]
    public async Task A_flood_of_reports_is_bounded_and_told_once_with_its_number()
    {
        await ReadyAsync();
        _connection.PublishingToTopic = inquiry =>
        {
            for (var i = 0; i < 600; i++) _connection.Replies!(Report(inquiry.CorrelationId!, Guid.NewGuid()));
            return Task.FromResult(true);
        };

        for (var round = 0; round < 3; round++)
            (await _client.AskPresenceAsync(TimeSpan.FromMilliseconds(100), default).Within()).Count.ShouldBe(500);

        _log.Entries.Where(entry => entry.Message.Contains("were left out", StringComparison.Ordinal)).ShouldHaveSingleItem()
            .Message.ShouldContain(": 100 were left out");
    }

    [Fact]
    public async Task Reports_that_are_too_long_are_told_with_their_number()
    {
        await ReadyAsync();
        var other = Guid.NewGuid();
        _connection.PublishingToTopic = inquiry =>
        {
            for (var i = 0; i < 3; i++) _connection.Replies!(TooLong(inquiry.CorrelationId!));
            _connection.Replies!(Report(inquiry.CorrelationId!, other));
            return Task.FromResult(true);
        };

        (await _client.AskPresenceAsync(Patience, default, [other]).Within()).ShouldHaveSingleItem();

        LeftOut().ShouldHaveSingleItem().ShouldContain(": 3 were left out");
    }

    [Fact]
    public async Task One_that_nobody_has_asked_for_and_that_is_too_long_is_told_too()
    {
        await ReadyAsync();
        _connection.Replies!(TooLong("question-1"));
        LeftOut().ShouldHaveSingleItem().ShouldContain(": 1 were left out");
    }

    [Fact]
    public async Task Questions_that_find_no_room_are_told_once_in_a_while()
    {
        var looking = new TaskCompletionSource();
        await ReadyAsync();
        _connection.Publishing = (_, _) => looking.Task; // So the first ones are under way, and all others wait for the next turn.
        for (var i = 0; i < 10 * PresenceConnection.MaxWaiting; i++) _connection.Replies!(Inquiry("amq.gen-asker", $"question-{i}"));
        LeftOut().ShouldHaveSingleItem();
        looking.SetResult();
    }

    private IEnumerable<string> LeftOut() =>
        _log.Entries.Select(entry => entry.Message).Where(message => message.Contains("were left out", StringComparison.Ordinal));

    private static BrokerMessage TooLong(string correlationId) => new()
    {
        Body = new byte[(64 * 1024) + 1], Type = PresenceMessages.ReportType, CorrelationId = correlationId,
    };

    [Fact]
    public async Task Questions_without_end_are_not_asked_at_once()
    {
        await ReadyAsync();
        _connection.PublishingToTopic = _ => Task.FromResult(true);
        using var giveUp = new CancellationTokenSource();
        var asking = Enumerable.Range(0, 16).Select(_ => _client.AskPresenceAsync(TimeSpan.FromHours(1), giveUp.Token)).ToList();

        (await Should.ThrowAsync<BrokerException>(_client.AskPresenceAsync(Patience, default).Within())).Message
            .ShouldStartWith("16 questions who is there are under way already.");
        await giveUp.CancelAsync();
        foreach (var each in asking) await Should.ThrowAsync<OperationCanceledException>(each.Within());
    }

    [Fact]
    public void Troubles_whose_text_is_new_each_time_do_not_fill_the_memory_nor_the_log()
    {
        var member = new PresenceMember(new PresenceSource("worker"), ["orders"], _log, TimeProvider.System);
        for (var i = 0; i < 5_000; i++) member.NotSeen(new BrokerHost("kfs-gax", 5672), $"reason {i}");
        _log.Entries.Count.ShouldBe(100);
    }

    private RpcClient Client(params ScriptedConnection[] connections) => new(
        new ScriptedDialer((attempt, _) => attempt < connections.Length ? connections[attempt] : throw ScriptedDialer.Unavailable),
        new BrokerOptions { Hosts = ["kfs-gax"], ReconnectDelay = TimeSpan.FromMilliseconds(10) }, new RpcOptions { Queue = "orders" },
        new OneLoggerFactory(_log), null);

    private async Task ReadyAsync()
    {
        _client.Start();
        await Bounds.UntilAsync(() => _client.Status.IsReady, "the connection");
    }

    private static BrokerMessage Inquiry(string? replyTo, string correlationId) =>
        new() { Body = Array.Empty<byte>(), Type = "ppv.presence", ReplyTo = replyTo, CorrelationId = correlationId };

    private static BrokerMessage Report(string correlationId, Guid instance) => new()
    {
        Body = PresenceMessages.ToBytes(new PresenceReport { Instance = instance, Role = "worker" }),
        Type = "ppv.presence.report",
        CorrelationId = correlationId,
    };
}
