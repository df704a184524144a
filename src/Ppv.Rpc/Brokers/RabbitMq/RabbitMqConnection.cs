using System.Text;
using Ppv.Protocol.Text;
using RabbitMQ.Client;

namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>
/// One connection of RabbitMQ.Client. Its channels: one to publish on, one for answers that come, one for work, and three that are opened
/// when they are needed: one for questions, one for those of probes, so that they never wait for another one, and one for topics.
/// </summary>
internal sealed class RabbitMqConnection : IBrokerConnection
{
    /// <summary>How long a working broker may take to say goodbye, and one that does not work.</summary>
    private static readonly TimeSpan PoliteClose = TimeSpan.FromSeconds(2), Abort = TimeSpan.FromMilliseconds(250);

    private readonly IConnection _connection;
    private readonly TimeProvider _timeProvider;
    private readonly ConnectionLife _life;
    private readonly BrokerAlarm _alarm;
    private readonly Publisher _publisher;
    private readonly ReplyConsumer _replies;
    private readonly WorkConsumer _work;
    private readonly QueueControl _queues;
    private readonly LeaderRecordQueue _leaderRecords;
    private readonly ConnectionProbe _probe;
    private readonly TopicExchange _topics;

    private RabbitMqConnection(
        IConnection connection, IChannel publishing, Channels channels, BrokerAlarm alarm, ConnectionLife life,
        DirectReplyHosts directHosts, PlainLogger logger, TimeProvider timeProvider)
    {
        (_connection, _alarm, _life, _timeProvider) = (connection, alarm, life, timeProvider);
        var control = new ControlChannel(channels);
        _publisher = new Publisher(publishing, alarm, life, timeProvider);
        _replies = new ReplyConsumer(channels, _publisher, life, directHosts, logger);
        _work = new WorkConsumer(channels, control, life);
        _queues = new QueueControl(control, life, timeProvider);
        _leaderRecords = new LeaderRecordQueue(control, _publisher, life);
        _probe = new ConnectionProbe(_publisher, _replies, _work, new ControlChannel(channels), alarm, life);
        _topics = new TopicExchange(new ControlChannel(channels, confirms: true), _replies, life);
        alarm.Changed += () => BlockedChanged?.Invoke();
    }

    public event Action? BlockedChanged;

    public BrokerHost Host => _life.Host;

    public string BrokerName => $"RabbitMQ on {Host}";

    public Version? Release => BrokerReleases.Read(
        _connection.ServerProperties?.TryGetValue("version", out var text) == true && text is byte[] bytes
            ? Encoding.UTF8.GetString(bytes)
            : null);

    public bool IsFirstConsumer => false;

    public TimeSpan Heartbeat => _connection.Heartbeat;

    public Task<string> Lost => _life.Lost;

    public string? BlockedReason => _alarm.Reason;

    /// <summary>Makes a connection of one that has logged in.</summary>
    public static async Task<RabbitMqConnection> OpenAsync(
        IConnection connection, ConnectionLife life, DirectReplyHosts directHosts, PlainLogger logger, TimeProvider timeProvider)
    {
        var alarm = new BrokerAlarm();
        var channels = new Channels(connection, life);
        alarm.Watch(connection);
        connection.ConnectionShutdownAsync += (_, reason) => channels.OnShutdownAsync(reason);
        var publishing = await channels.OpenAsync(confirms: true).ConfigureAwait(false);
        channels.Guard(publishing);
        return new RabbitMqConnection(connection, publishing, channels, alarm, life, directHosts, logger, timeProvider);
    }

    public Task DeclareQueueAsync(QueueDeclaration queue, CancellationToken cancellationToken) =>
        _queues.DeclareAsync(queue, cancellationToken);

    public Task<string> ConsumeRepliesAsync(Action<BrokerMessage> onMessage, ReplyQueueKind kind, CancellationToken cancellationToken) =>
        _replies.ConsumeAsync(message => { if (!_probe.Takes(message)) onMessage(message); }, kind, cancellationToken);

    public Task<bool> ProbeAsync() => _probe.RunAsync();

    public Task<QueueCounts> CountAsync(string queue, CancellationToken cancellationToken) => _queues.CountAsync(queue, cancellationToken);

    public Task<bool> TryConsumeAsync(ConsumeRequest request, CancellationToken cancellationToken) =>
        _work.TryConsumeAsync(request, cancellationToken);

    public Task CancelConsumeAsync() => _work.CancelAsync();

    public void Publish(string queue, BrokerMessage message, IPublishListener listener) => _publisher.Publish(queue, message, listener);

    public Task SubscribeAsync(string topic, CancellationToken cancellationToken) => _topics.SubscribeAsync(topic, cancellationToken);

    public Task<bool> PublishToTopicAsync(string topic, BrokerMessage message, CancellationToken cancellationToken) =>
        _topics.PublishAsync(topic, message, cancellationToken);

    public Task SettleAsync(BrokerDelivery delivery, BrokerMessage? answer) => _work.SettleAsync(delivery, answer);

    public Task<ReadOnlyMemory<byte>?> TakeLeaderRecordAsync(string queue, QueueKind kind, CancellationToken cancellationToken) =>
        _leaderRecords.TakeAsync(queue, kind, cancellationToken);

    public Task<bool> LeaveLeaderRecordAsync(string queue, ReadOnlyMemory<byte> record, CancellationToken cancellationToken) =>
        _leaderRecords.LeaveAsync(queue, record, cancellationToken);

    public Task ReturnAsync(BrokerDelivery delivery) => _work.ReturnAsync(delivery);

    public Task<bool> IsSharedAsync(string queue, CancellationToken cancellationToken) => _work.IsSharedAsync(queue, cancellationToken);

    public ValueTask DisposeAsync() => CloseAsync("this program has closed it");

    public async ValueTask CloseAsync(string reason)
    {
        var isWell = !Lost.IsCompleted && BlockedReason is null;
        if (isWell) _work.Acknowledge();
        _life.Lose(reason);
        await CloseAsync(_connection, politely: isWell, _timeProvider).ConfigureAwait(false);
    }

    /// <summary>
    /// Closes what may be broken already: the library gives the broker a moment to answer and closes the socket; if it hangs it is left to
    /// itself.
    /// </summary>
    internal static async Task CloseAsync(IConnection connection, bool politely, TimeProvider timeProvider)
    {
        var limit = politely ? PoliteClose : Abort;
        var closing = Task.Run(async () =>
        {
            await connection.CloseAsync(
                Constants.ReplySuccess, "Goodbye", limit, abort: true, CancellationToken.None).ConfigureAwait(false);
            await connection.DisposeAsync().ConfigureAwait(false);
        });
        try
        {
            await closing.WaitAsync(2 * limit, timeProvider).ConfigureAwait(false);
        }
        catch (Exception e) when (RabbitMqErrors.IsTrouble(e))
        {
            // It is gone either way.
            ConnectionLife.Forget(closing);
        }
    }
}
