using Ppv.Rpc;
using Ppv.Rpc.Brokers;

namespace Ppv.Fuzz.Support;

/// <summary>A broker that takes everything and says what a target wants it to say.</summary>
internal sealed class FakeConnection : IBrokerConnection, IBrokerDialer
{
    private readonly TaskCompletionSource<string> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public BrokerHost Host { get; } = BrokerHost.TryParse("kfs-gax", out var host) ? host : default;

    public string BrokerName => "RabbitMQ on kfs-gax:5672";

    public Version? Release => null;

    public bool IsFirstConsumer => false;

    public TimeSpan Heartbeat => TimeSpan.FromSeconds(10);

    public Task<string> Lost => _lost.Task;

    public string? BlockedReason => null;

    /// <summary>The answers that were given, and those deliveries that got none.</summary>
    public List<BrokerMessage?> Answers { get; } = [];

    /// <summary>The leader record that lies there.</summary>
    public ReadOnlyMemory<byte>? Record { get; set; }

    /// <summary>What happens when something is published.</summary>
    public Action<BrokerMessage, Action<BrokerMessage>> Publishing { get; set; } = (_, _) => { };

    public Action<BrokerMessage> Replies { get; private set; } = _ => { };

    public event Action? BlockedChanged
    {
        add { }
        remove { }
    }

    public Task<IBrokerConnection> DialAsync(BrokerHost host, string clientName, CancellationToken cancellationToken) =>
        Task.FromResult<IBrokerConnection>(this);

    public Task DeclareQueueAsync(QueueDeclaration queue, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<string> ConsumeRepliesAsync(Action<BrokerMessage> onMessage, ReplyQueueKind kind, CancellationToken cancellationToken)
    {
        Replies = onMessage;
        return Task.FromResult("amq.gen-1");
    }

    public Task<bool> ProbeAsync() => Task.FromResult(true);

    public ValueTask CloseAsync(string reason)
    {
        _lost.TrySetResult(reason);
        return ValueTask.CompletedTask;
    }

    public Task<bool> IsSharedAsync(string queue, CancellationToken cancellationToken) => Task.FromResult(false);

    public Task<QueueCounts> CountAsync(string queue, CancellationToken cancellationToken) => Task.FromResult(new QueueCounts(0, 1));

    public Task<bool> TryConsumeAsync(ConsumeRequest request, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task CancelConsumeAsync() => Task.CompletedTask;

    public void Publish(string queue, BrokerMessage message, IPublishListener listener)
    {
        listener.OnConfirmed();
        Publishing(message, Replies);
    }

    public Task SubscribeAsync(string topic, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<bool> PublishToTopicAsync(string topic, BrokerMessage message, CancellationToken cancellationToken) =>
        Task.FromResult(true);

    public Task SettleAsync(BrokerDelivery delivery, BrokerMessage? answer)
    {
        Answers.Add(answer);
        return Task.CompletedTask;
    }

    public Task ReturnAsync(BrokerDelivery delivery) => Task.CompletedTask;

    public Task<ReadOnlyMemory<byte>?> TakeLeaderRecordAsync(string queue, QueueKind kind, CancellationToken cancellationToken)
    {
        var record = Record;
        Record = null;
        return Task.FromResult(record);
    }

    public Task<bool> LeaveLeaderRecordAsync(string queue, ReadOnlyMemory<byte> record, CancellationToken cancellationToken)
    {
        Record = record;
        return Task.FromResult(true);
    }

    public ValueTask DisposeAsync() => CloseAsync("this program has closed it");
}
