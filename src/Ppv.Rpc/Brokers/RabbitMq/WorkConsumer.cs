using System.Collections.Concurrent;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>
/// Consumes a work queue, on one channel with the answers and acknowledgements, which the broker then takes in their order.
/// </summary>
internal sealed class WorkConsumer(Channels channels, ControlChannel control, ConnectionLife life)
{
    /// <summary>
    /// Each channel counts its deliveries from 1, so a tag says above these bits which channel it belongs to: what came before a cancel can
    /// be settled after it.
    /// </summary>
    private const int TagBits = 48;

    /// <summary>A consumer's priority, below that of whoever names none (https://www.rabbitmq.com/docs/consumer-priority).</summary>
    private const int Last = -1_000;

    private readonly ConcurrentDictionary<ulong, WorkChannel> _channels = new();
    private ulong _lastChannel;
    private volatile WorkChannel? _work;
    private volatile Consumer? _consumer;
    private volatile string? _queue;

    /// <summary>The queue that is consumed now, if any.</summary>
    public string? Queue => _queue;

    /// <summary>Whether it is one that chooses its consumer by itself.</summary>
    public bool IsByTurns { get; private set; }

    public async Task<bool> TryConsumeAsync(ConsumeRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await life.RunAsync(token => ConsumeAsync(request, token), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (RabbitMqErrors.IsTrouble(e))
        {
            // The broker may still grant it, and then nobody would work on what it delivers.
            if (e is TimeoutException or OperationCanceledException)
                life.Lose($"consuming queue '{request.Queue}' was given up half-way: {RabbitMqErrors.Text(e)}");
            if (cancellationToken.IsCancellationRequested) throw;
            throw RabbitMqErrors.ConsumeFailed(e, life.Host, request.Queue);
        }
    }

    public async Task CancelAsync()
    {
        if (_queue is null || life.Lost.IsCompleted) return;
        _queue = null;
        try
        {
            await life.RunAsync(
                async _ =>
                {
                    Acknowledge();
                    var work = _work!;
                    await work.Channel.BasicCancelAsync(Consumer.Tag, cancellationToken: CancellationToken.None).ConfigureAwait(false);
                    await _consumer!.Cancelled.ConfigureAwait(false);
                    await CollectStragglersAsync(work.Channel).ConfigureAwait(false);
                    work.Retire();
                    return true;
                },
                CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (RabbitMqErrors.IsTrouble(e))
        {
            life.Lose($"the consumer could not be cancelled: {RabbitMqErrors.Text(e)}");
        }
    }

    public Task SettleAsync(BrokerDelivery delivery, BrokerMessage? answer) =>
        !life.Lost.IsCompleted && _channels.TryGetValue(delivery.Tag >> TagBits, out var channel)
            ? channel.SettleAsync(delivery.Tag & ((1UL << TagBits) - 1), delivery.Message.ReplyTo, answer)
            : Task.CompletedTask;

    public Task ReturnAsync(BrokerDelivery delivery) =>
        !life.Lost.IsCompleted && _channels.TryGetValue(delivery.Tag >> TagBits, out var channel)
            ? channel.ReturnAsync(delivery.Tag & ((1UL << TagBits) - 1))
            : Task.CompletedTask;

    /// <summary>
    /// A consumer beside the others is refused while one is alone. It stands behind all others and is gone at once, so that as little as
    /// possible comes to it.
    /// </summary>
    public async Task<bool> IsSharedAsync(string queue, CancellationToken cancellationToken)
    {
        try
        {
            return await life.RunAsync(token => IsSharedOnceAsync(queue, token), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (RabbitMqErrors.IsTrouble(e) && !cancellationToken.IsCancellationRequested)
        {
            throw RabbitMqErrors.ConsumeFailed(e, life.Host, queue);
        }
    }

    private async Task<bool> IsSharedOnceAsync(string queue, CancellationToken cancellationToken)
    {
        var channel = await channels.OpenAsync().ConfigureAwait(false);
        try
        {
            await channel.BasicQosAsync(0, 1, global: false, CancellationToken.None).ConfigureAwait(false);
            await channel.BasicConsumeAsync(
                queue, autoAck: false, Consumer.Tag, noLocal: false, exclusive: false,
                new Dictionary<string, object?> { ["x-priority"] = Last }, new AsyncDefaultBasicConsumer(channel),
                CancellationToken.None).ConfigureAwait(false);
            return (await QueueControl.CountAsync(control, queue, cancellationToken).ConfigureAwait(false)).Consumers > 1;
        }
        catch (OperationInterruptedException refused) when (RabbitMqErrors.IsInUseByOneAlone(refused))
        {
            return false;
        }
        finally
        {
            await channel.DisposeAsync().ConfigureAwait(false); // Whoever asks next must not see it.
        }
    }

    /// <summary>Acknowledges at once what was settled.</summary>
    public void Acknowledge()
    {
        foreach (var channel in _channels.Values) channel.Acknowledge();
    }

    /// <summary>
    /// A quorum queue's deliveries that were under way inside the broker come after it has confirmed the cancel, when the library knows no
    /// consumer for them any more. Left alone they would stay unsettled, and come to the next server as redelivered. A consumer that starts
    /// on the channel after them is told so after them, by the broker as by the library; direct reply-to is what every user may consume.
    /// </summary>
    private static async Task CollectStragglersAsync(IChannel channel)
    {
        var last = new LastConsumer(channel);
        await channel.BasicConsumeAsync(ReplyConsumer.DirectReplyTo, autoAck: true, last, CancellationToken.None).ConfigureAwait(false);
        await last.Started.ConfigureAwait(false);
    }

    private async Task<bool> ConsumeAsync(ConsumeRequest request, CancellationToken cancellationToken)
    {
        var alone = request.Kind == ConsumerKind.Exclusive;
        // Asking first keeps the broker's log free of refusals while a server stands by.
        if (alone && (await QueueControl.CountAsync(control, request.Queue, cancellationToken).ConfigureAwait(false)).Consumers > 0)
            return false;
        var channel = await channels.OpenAsync().ConfigureAwait(false);
        var number = Interlocked.Increment(ref _lastChannel);
        var work = _channels[number] = new WorkChannel(channel, life, () => Close(number, channel));
        try
        {
            channel.BasicReturnAsync += (_, returned) =>
            {
                request.OnAnswerReturned(MessageMapping.ToMessage(returned.BasicProperties, returned.Body));
                return Task.CompletedTask;
            };
            await channel.BasicQosAsync(0, (ushort)request.Prefetch, global: false, CancellationToken.None).ConfigureAwait(false);
            (_work, _consumer) = (work, new Consumer(channel, OnMessage, life.Lose));
            channel.DefaultConsumer = _consumer; // For stragglers.
            await channel.BasicConsumeAsync(
                request.Queue, autoAck: false, Consumer.Tag, noLocal: false, exclusive: alone, arguments: null, _consumer,
                CancellationToken.None).ConfigureAwait(false);
            if (alone) await ThrowIfNotAloneAsync(request.Queue).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _channels.TryRemove(number, out _);
            Channels.Abandon(channel);
            // Somebody was faster between the question and this.
            if (alone && e is OperationInterruptedException refused && RabbitMqErrors.IsInUseByOneAlone(refused)) return false;
            throw;
        }

        channels.Guard(channel);
        IsByTurns = request.Kind == ConsumerKind.SingleActive;
        _queue = request.Queue;
        return true;

        void OnMessage(in BrokerMessage message, ulong tag, bool redelivered, ushort returns)
        {
            work.Begin(tag);
            request.OnDelivery(new BrokerDelivery(message, (number << TagBits) | tag, redelivered, returns));
        }
    }

    /// <summary>A server that is paused and resumed takes a new channel each time.</summary>
    private void Close(ulong number, IChannel channel)
    {
        _channels.TryRemove(number, out _);
        Channels.Abandon(channel);
    }

    /// <summary>
    /// That the broker has granted it says nothing: some queues ignore that a consumer is to be alone. They grant a second one, too.
    /// </summary>
    private async Task ThrowIfNotAloneAsync(string queue)
    {
        var channel = await channels.OpenAsync().ConfigureAwait(false);
        try
        {
            // It may get a message before it is gone again, but not more than that.
            await channel.BasicQosAsync(0, 1, global: false, CancellationToken.None).ConfigureAwait(false);
            await channel.BasicConsumeAsync(
                queue, autoAck: false, Consumer.Tag, noLocal: false, exclusive: true, arguments: null,
                new AsyncDefaultBasicConsumer(channel), CancellationToken.None).ConfigureAwait(false);
        }
        catch (OperationInterruptedException refused) when (RabbitMqErrors.IsInUseByOneAlone(refused))
        {
            return;
        }
        finally
        {
            Channels.Abandon(channel);
        }

        throw new NotAloneException(queue, $"RabbitMQ on {life.Host}");
    }

    /// <summary>Gets no messages; says when the library has passed on all that came before it.</summary>
    private sealed class LastConsumer(IChannel channel) : AsyncDefaultBasicConsumer(channel)
    {
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Started => _started.Task;

        public override async Task HandleBasicConsumeOkAsync(string consumerTag, CancellationToken cancellationToken = default)
        {
            await base.HandleBasicConsumeOkAsync(consumerTag, cancellationToken).ConfigureAwait(false);
            _started.TrySetResult();
        }
    }
}
