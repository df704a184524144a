using System.Collections.Concurrent;
using System.Threading.Channels;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Server;
using Ppv.Rpc.Server.Leadership;

namespace Ppv.Rpc.Tests.Support;

/// <summary>A connection whose broker is the test: it sees what is published, and says how that ends and what is delivered.</summary>
internal sealed class ScriptedConnection(BrokerHost host = default) : IBrokerConnection
{
    private readonly TaskCompletionSource<string> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<(string Queue, BrokerMessage Message)> _published = Channel.CreateUnbounded<(string, BrokerMessage)>();
    private readonly Channel<(BrokerDelivery Delivery, BrokerMessage? Answer)> _settled =
        Channel.CreateUnbounded<(BrokerDelivery, BrokerMessage?)>();

    private int _dropped;

    /// <summary>How many of the messages that servers send themselves were acknowledged.</summary>
    public int Dropped => Volatile.Read(ref _dropped);

    public BrokerHost Host => host;

    public string BrokerName => $"RabbitMQ on {host}";

    public Version? Release { get; set; }

    public bool IsFirstConsumer => false;

    /// <summary>The heartbeat that was agreed on; none unless a test says otherwise.</summary>
    public TimeSpan Heartbeat { get; set; }

    public Task<string> Lost => _lost.Task;

    public string? BlockedReason => ReadingBlockedReason();

    /// <summary>
    /// What a client finds when it asks for an alarm, which it does between the wait for a session and the pending table.
    /// </summary>
    public Func<string?> ReadingBlockedReason { get; set; } = () => null;

    /// <summary>How publishing ends; at once and well unless a test says otherwise.</summary>
    public Func<string, BrokerMessage, Task> Publishing { get; set; } = (_, _) => Task.CompletedTask;

    public Action<BrokerMessage>? Replies { get; private set; }

    public Action<BrokerDelivery>? Deliveries { get; private set; }

    public bool ConsumeCancelled { get; private set; }

    public bool Disposed { get; private set; }

    public void Lose(string reason = "the cable was cut") => _lost.TrySetResult(reason);

    public async Task<(string Queue, BrokerMessage Message)> NextPublishedAsync() => await _published.Reader.ReadAsync().AsTask().Within();

    public async Task<(BrokerDelivery Delivery, BrokerMessage? Answer)> NextSettledAsync() =>
        await _settled.Reader.ReadAsync().AsTask().Within();

    public bool NothingPublished => _published.Reader.Count == 0;

    public bool NothingSettled => _settled.Reader.Count == 0;

    /// <summary>
    /// What a server did on the connection about its leadership, in order: <c>consume</c>, <c>cancel</c>, <c>take</c>, and the records as
    /// they are left.
    /// </summary>
    public ConcurrentQueue<string> Steps { get; } = new();

    public QueueDeclaration? Declared { get; private set; }

    public Task DeclareQueueAsync(QueueDeclaration queue, CancellationToken cancellationToken)
    {
        Declared = queue;
        return Task.CompletedTask;
    }

    public Task<string> ConsumeRepliesAsync(Action<BrokerMessage> onMessage, ReplyQueueKind kind, CancellationToken cancellationToken)
    {
        Replies = onMessage;
        return Task.FromResult(ReplyAddress);
    }

    public string ReplyAddress { get; init; } = "replies";

    /// <summary>The topics of which messages come, in the order in which they were subscribed to.</summary>
    public ConcurrentQueue<string> Topics { get; } = new();

    /// <summary>How subscribing ends; well unless a test says otherwise.</summary>
    public Func<Task> Subscribing { get; set; } = () => Task.CompletedTask;

    /// <summary>How publishing to a topic ends; nobody is there unless a test says otherwise.</summary>
    public Func<BrokerMessage, Task<bool>> PublishingToTopic { get; set; } = _ => Task.FromResult(false);

    public async Task SubscribeAsync(string topic, CancellationToken cancellationToken)
    {
        await Subscribing();
        Topics.Enqueue(topic);
    }

    public Task<bool> PublishToTopicAsync(string topic, BrokerMessage message, CancellationToken cancellationToken) =>
        PublishingToTopic(message);

    public event Action? BlockedChanged;

    /// <summary>What a probe finds; that all is well unless a test says otherwise. To lose the connection is the test's part.</summary>
    public Func<Task<bool>> Probing { get; set; } = () => Task.FromResult(true);

    /// <summary>How many consumers the broker knows; none unless a test says otherwise.</summary>
    public Func<int> Counting { get; set; } = () => 0;

    /// <summary>How many messages wait in a queue.</summary>
    public Func<int> Waiting { get; set; } = () => 0;

    /// <summary>Whether consuming is granted; it is unless a test says otherwise.</summary>
    public Func<ConsumeRequest, bool> Consuming { get; set; } = _ => true;

    public ConsumeRequest? Consumed { get; private set; }

    /// <summary>The leader record that lies there, if any; shared between connections by giving them the same slot.</summary>
    public ReadOnlyMemory<byte>?[] Note { get; set; } = [null];

    public Task<bool> ProbeAsync() => Probing();

    public Task<QueueCounts> CountAsync(string queue, CancellationToken cancellationToken) =>
        Task.FromResult(new QueueCounts(Waiting(), Counting()));

    public Task<bool> TryConsumeAsync(ConsumeRequest request, CancellationToken cancellationToken)
    {
        if (!Consuming(request)) return Task.FromResult(false);
        Steps.Enqueue("consume");
        Consumed = request;
        Deliveries = request.OnDelivery;
        return Task.FromResult(true);
    }

    /// <summary>What happens before a record is taken; nothing unless a test says otherwise.</summary>
    public Func<Task> TakingNote { get; set; } = () => Task.CompletedTask;

    /// <summary>Whether the broker keeps notes; it does unless a test says otherwise.</summary>
    public Func<Task<bool>> LeavingNote { get; set; } = () => Task.FromResult(true);

    public async Task<ReadOnlyMemory<byte>?> TakeLeaderRecordAsync(string queue, QueueKind kind, CancellationToken cancellationToken)
    {
        await TakingNote();
        if (Lost.IsCompleted) throw new BrokerException("The connection is gone.", needsAttention: false);
        var note = Note[0];
        Note[0] = null;
        Steps.Enqueue("take");
        return note;
    }

    public async Task<bool> LeaveLeaderRecordAsync(string queue, ReadOnlyMemory<byte> note, CancellationToken cancellationToken)
    {
        if (!await LeavingNote()) return false;
        if (Lost.IsCompleted) throw new BrokerException("The connection is gone.", needsAttention: false);
        Note[0] = note;
        Steps.Enqueue(LeaderRecord.Read(note).State.ToString());
        return true;
    }

    public void Block(string? reason)
    {
        ReadingBlockedReason = () => reason;
        BlockedChanged?.Invoke();
    }

    public Task CancelConsumeAsync()
    {
        ConsumeCancelled = true;
        Steps.Enqueue("cancel");
        return Task.CompletedTask;
    }

    /// <summary>
    /// Whether the queue serves this consumer, where it chooses it by itself: what a server sends itself to find out comes back then. It
    /// does unless a test says otherwise.
    /// </summary>
    public Func<bool> Serving { get; set; } = () => true;

    /// <summary>What was sent for that, in its order.</summary>
    public ConcurrentQueue<BrokerMessage> SentToItself { get; } = new();

    public void Publish(string queue, BrokerMessage message, IPublishListener listener)
    {
        if (message.Type == ServiceProbe.MessageType)
        {
            SentToItself.Enqueue(message);
            listener.OnConfirmed();
            if (Serving() && !ConsumeCancelled && !Lost.IsCompleted) Deliveries?.Invoke(new BrokerDelivery(message, ulong.MaxValue, false));
            return;
        }

        _published.Writer.TryWrite((queue, message));
        Publishing(queue, message).ContinueWith(
            ended =>
            {
                if (ended.Exception?.InnerException is NotConfirmedException reason) listener.OnNotConfirmed(reason);
                else listener.OnConfirmed();
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>What was given back, in its order.</summary>
    public ConcurrentQueue<BrokerDelivery> Returned { get; } = new();

    public Task ReturnAsync(BrokerDelivery delivery)
    {
        ConsumeCancelled.ShouldBeTrue("it would come back here");
        if (!Lost.IsCompleted) Returned.Enqueue(delivery);
        return Task.CompletedTask;
    }

    public Task SettleAsync(BrokerDelivery delivery, BrokerMessage? answer)
    {
        // What a server has sent itself is nothing that a test waits for; it must be acknowledged all the same.
        if (delivery.Message.Type == ServiceProbe.MessageType) Interlocked.Increment(ref _dropped);
        else _settled.Writer.TryWrite((delivery, answer));
        return Task.CompletedTask;
    }

    /// <summary>Whether the queue is consumed by somebody who is not alone; nobody is unless a test says otherwise.</summary>
    public Func<bool> Sharing { get; set; } = () => false;

    public Task<bool> IsSharedAsync(string queue, CancellationToken cancellationToken) => Task.FromResult(Sharing());

    public ValueTask DisposeAsync() => CloseAsync("this program has closed it");

    public ValueTask CloseAsync(string reason)
    {
        Disposed = true;
        Lose(reason);
        return ValueTask.CompletedTask;
    }
}
