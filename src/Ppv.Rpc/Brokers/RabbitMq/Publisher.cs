using System.Diagnostics;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>
/// Publishes on a channel with confirms, and keeps track of them itself: in a ring by number, with one timer for all that is overdue. Safe
/// for use by several threads.
/// </summary>
internal sealed class Publisher
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly IChannel _channel;
    private readonly BrokerAlarm _alarm;
    private readonly ConnectionLife _life;
    private readonly TimeProvider _timeProvider;
    private readonly UnconfirmedMessages _unconfirmed = new();
    private readonly Lock _lock = new();
    private readonly ReusedProperties _properties = new();
    private readonly ITimer _overdue;
    private bool _isTimed;

    /// <param name="channel">With confirms that the library does not track.</param>
    /// <param name="alarm">Of the same connection.</param>
    /// <param name="life">Of the same connection.</param>
    /// <param name="timeProvider">The clock.</param>
    public Publisher(IChannel channel, BrokerAlarm alarm, ConnectionLife life, TimeProvider timeProvider)
    {
        (_channel, _alarm, _life, _timeProvider) = (channel, alarm, life, timeProvider);
        _overdue = timeProvider.CreateTimer(
            static publisher => ((Publisher)publisher!).EndOverdue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        channel.BasicAcksAsync += (_, ack) => OnAckAsync(ack);
        channel.BasicNacksAsync += (_, nack) => OnNackAsync(nack);
        channel.BasicReturnAsync += (_, returned) => OnReturnAsync(returned);
        life.Gone.UnsafeRegister(static publisher => ((Publisher)publisher!).EndAll(), this);
    }

    /// <summary>The channel: answers by direct reply-to come on it, and on no other.</summary>
    public IChannel Channel => _channel;

    /// <summary>See <see cref="IBrokerConnection.Publish"/>.</summary>
    public void Publish(string queue, BrokerMessage message, IPublishListener listener)
    {
        if (_life.Lost.IsCompleted)
        {
            listener.OnNotConfirmed(NotConfirmed(ConnectionIsGone));
            return;
        }

        var activity = Activity.Current;
        ConnectionLife.LeaveTrace();
        try
        {
            Task? delayed = null;
            lock (_lock)
            {
                _unconfirmed.Add(new UnconfirmedMessage(
                    queue, message.CorrelationId, listener, _timeProvider.GetTimestamp(), _alarm.Changes));
                if (!_isTimed) SetTimer(_life.Options.OperationTimeout);
                // A channel is for one publisher at a time, or the numbers would not be ours. No token goes in: a publish cancelled
                // half-way would upset them, too (RabbitMQ.Client#1900).
                var sent = _channel.BasicPublishAsync(
                    "", queue, mandatory: true, _properties.For(message), message.Body, CancellationToken.None);
                _properties.Written(sent.IsCompleted);
                if (!sent.IsCompletedSuccessfully) delayed = sent.AsTask();
                if (delayed?.Exception?.InnerException is { } error) Refuse(error);
            }

            if (delayed is { IsCompleted: false }) _ = WatchAsync(delayed);
            if (_life.Lost.IsCompleted) EndAll(); // It may have been lost before the message was in the ring.
        }
        finally
        {
            if (activity is not null) Activity.Current = activity;
        }
    }

    /// <summary>As <see cref="Publish"/>; completes when the broker has confirmed.</summary>
    /// <exception cref="NotConfirmedException">It did not confirm.</exception>
    public Task PublishAsync(string queue, BrokerMessage message)
    {
        var outcome = new PublishOutcome();
        Publish(queue, message, outcome);
        return outcome.Task;
    }

    /// <summary>The library did not take the message, and counts the next one by its number.</summary>
    private void Refuse(Exception error)
    {
        if (RabbitMqErrors.IsTrouble(error)) _life.Lose($"publishing failed: {RabbitMqErrors.Text(error)}");
        if (_unconfirmed.TryTakeBack(out var message)) message.Listener.OnNotConfirmed(NotConfirmed(error));
    }

    /// <summary>The library has no room for the message at present: while the other end takes nothing, or flow control is on.</summary>
    private async Task WatchAsync(Task sent)
    {
        try
        {
            await sent.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Whatever it was, how many messages the library has counted is not known any more.
            _life.Lose($"publishing failed: {RabbitMqErrors.Text(e)}");
        }
    }

    private Task OnAckAsync(BasicAckEventArgs ack)
    {
        while (_unconfirmed.TryTake(ack.DeliveryTag, ack.Multiple, out var message))
        {
            message.Listener.OnConfirmed();
            if (!ack.Multiple) break;
        }

        return Task.CompletedTask;
    }

    private Task OnNackAsync(BasicNackEventArgs nack)
    {
        while (_unconfirmed.TryTake(nack.DeliveryTag, nack.Multiple, out var message))
        {
            message.Listener.OnNotConfirmed(
                new NotConfirmedException(BrokerWords.Nack(message.Queue, _life.Host), isReturned: false));
            if (!nack.Multiple) break;
        }

        return Task.CompletedTask;
    }

    /// <summary>The broker gives the message back before it confirms it, which it does as well.</summary>
    private Task OnReturnAsync(BasicReturnEventArgs returned)
    {
        if (_unconfirmed.TryTake(returned.RoutingKey, returned.BasicProperties.CorrelationId, out var message))
        {
            message.Listener.OnNotConfirmed(new NotConfirmedException(
                $"No queue '{message.Queue}' on {_life.Host} took the message ({returned.ReplyCode} {returned.ReplyText})",
                isReturned: true));
        }

        return Task.CompletedTask;
    }

    private void EndOverdue()
    {
        var limit = _life.Options.OperationTimeout;
        var now = _timeProvider.GetTimestamp();
        var latest = now - (long)(limit.TotalSeconds * _timeProvider.TimestampFrequency);
        while (_unconfirmed.TryTakeSince(latest, out var message))
        {
            var error = new NoAnswerException(limit);
            // In an alarm the broker reads nothing until it is over; the connection itself is well.
            if (!_alarm.WasSince(message.Alarms)) _life.Lose($"publishing failed: {RabbitMqErrors.Text(error)}");
            message.Listener.OnNotConfirmed(NotConfirmed(error));
        }

        lock (_lock)
        {
            _isTimed = false;
            if (_unconfirmed.OldestSince is { } oldest) SetTimer(limit - _timeProvider.GetElapsedTime(oldest, now));
        }
    }

    private void SetTimer(TimeSpan due)
    {
        _isTimed = true;
        _overdue.Change(due > Tick ? due : Tick, Timeout.InfiniteTimeSpan);
    }

    private void EndAll()
    {
        while (_unconfirmed.TryTakeSince(long.MaxValue, out var message))
            message.Listener.OnNotConfirmed(NotConfirmed(ConnectionIsGone));
        _overdue.Dispose();
    }

    private IOException ConnectionIsGone => new($"the connection was lost: {_life.Lost.Result}");

    private NotConfirmedException NotConfirmed(Exception error) => new(
        $"RabbitMQ on {_life.Host} did not confirm the message: {RabbitMqErrors.Text(error)}", isReturned: false, error);
}
