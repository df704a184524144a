using Ppv.Rpc.Brokers;

namespace Ppv.Rpc.Presence;

/// <summary>
/// Presence over one connection: its reply queue hears the inquiries of others, and gets their reports. Reports are made off the
/// connection's callback, one at a time, however many ask. Safe for use by several threads.
/// </summary>
internal sealed class PresenceConnection
{
    /// <summary>How many askers may wait for the next report; it answers them all, and more than these are not heard.</summary>
    public const int MaxWaiting = 16;

    private readonly IBrokerConnection _connection;
    private readonly PresenceMember _member;
    private readonly Func<PresenceState> _state;
    private readonly Lock _lock = new();
    private List<Asker> _waiting = [];
    private bool _isAnswering;

    private PresenceConnection(IBrokerConnection connection, PresenceMember member, Func<PresenceState> state) =>
        (_connection, _member, _state) = (connection, member, state);

    public BrokerHost Host => _connection.Host;

    /// <summary>Where answers to what is sent over the connection come to.</summary>
    public string ReplyAddress { get; private set; } = "";

    /// <summary>Opens the address for answers; what is no matter of presence goes to its owner.</summary>
    /// <exception cref="BrokerException">It can't be opened.</exception>
    public static async Task<PresenceConnection> OpenAsync(
        IBrokerConnection connection, ReplyQueueKind kind, PresenceMember member, Func<PresenceState> state, Action<BrokerMessage> onReply,
        CancellationToken cancellationToken)
    {
        var presence = new PresenceConnection(connection, member, state);
        presence.ReplyAddress = await connection.ConsumeRepliesAsync(
            message => { if (!presence.Takes(message)) onReply(message); }, kind, cancellationToken).ConfigureAwait(false);
        return presence;
    }

    /// <summary>
    /// From now on the inquiries of others come here, too. In the background: nobody waits for it, and it costs nothing where it fails.
    /// </summary>
    public void Join() => _ = Task.Run(JoinAsync);

    /// <summary>Publishes an inquiry.</summary>
    /// <returns>Whether anybody is there to answer.</returns>
    /// <exception cref="BrokerException">It can't be asked over this connection.</exception>
    public async Task<bool> AskAsync(string correlationId, CancellationToken cancellationToken)
    {
        if (!PresenceMessages.CanBeAnswered(ReplyAddress))
        {
            throw new BrokerException(
                $"Nobody can be asked over this connection to RabbitMQ on {Host} who is there, because its answers come by direct "
                    + "reply-to. Set Ppv:Rpc:ReplyQueueKind to ExclusiveQueue, and see that the user may declare 'amq.gen-.*'.",
                needsAttention: true);
        }

        if (_connection.BlockedReason is { } alarm)
            throw new BrokerException($"RabbitMQ on {Host} takes no messages: {alarm}.", needsAttention: false);
        return await _connection.PublishToTopicAsync(
            PresenceMessages.Topic, PresenceMessages.Inquiry(correlationId, ReplyAddress), cancellationToken).ConfigureAwait(false);
    }

    private async Task JoinAsync()
    {
        try
        {
            await _connection.SubscribeAsync(PresenceMessages.Topic, CancellationToken.None).ConfigureAwait(false);
        }
        catch (BrokerException e)
        {
            if (!_connection.Lost.IsCompleted) _member.NotSeen(Host, e.Message);
        }
    }

    private bool Takes(BrokerMessage message)
    {
        switch (message.Type)
        {
            case PresenceMessages.InquiryType:
                Answer(message);
                return true;
            case PresenceMessages.ReportType:
                _member.Take(message);
                return true;
            default:
                return false;
        }
    }

    private void Answer(BrokerMessage inquiry)
    {
        if (!PresenceMessages.CanBeAnswered(inquiry.ReplyTo) || inquiry.CorrelationId is not { } question) return;
        bool hasRoom, begins;
        lock (_lock)
        {
            hasRoom = _waiting.Count < MaxWaiting;
            begins = hasRoom && !_isAnswering;
            if (hasRoom) _waiting.Add(new Asker(inquiry.ReplyTo!, question));
            if (begins) _isAnswering = true;
        }

        if (!hasRoom) _member.LeaveOut(1);
        if (begins) _ = Task.Run(AnswerAllAsync);
    }

    private async Task AnswerAllAsync()
    {
        while (TakeWaiting() is { Count: > 0 } askers)
        {
            var report = PresenceMessages.ToBytes(await _member.ReportAsync(Host, _state()).ConfigureAwait(false));
            await Task.WhenAll(askers.Select(asker => SendAsync(asker, report))).ConfigureAwait(false);
        }
    }

    private List<Asker> TakeWaiting()
    {
        lock (_lock)
        {
            var taken = _waiting;
            _waiting = [];
            _isAnswering = taken.Count > 0;
            return taken;
        }
    }

    private async Task SendAsync(Asker asker, byte[] report)
    {
        try
        {
            // In an alarm it would lie there until nobody waits for it any more.
            if (_connection.BlockedReason is null)
                await _connection.PublishAsync(asker.Address, PresenceMessages.Report(asker.Question, report)).ConfigureAwait(false);
        }
        catch (NotConfirmedException e)
        {
            PresenceLog.ReportNotSent(_member.Logger, e.Message);
        }
    }

    /// <summary>What is kept of an inquiry, whatever came with it.</summary>
    private readonly record struct Asker(string Address, string Question);
}
