using Ppv.Protocol.Text;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Diagnostics;

namespace Ppv.Rpc.Connection;

/// <summary>
/// Dials one host and has the connection prepared; connected alone is not ready. Says each cause once, not once for each attempt.
/// </summary>
internal sealed class HostDialer<TSession>(
    IBrokerDialer dialer, IReadOnlyList<BrokerHost> hosts, string clientName, ClientIdentity identity, ISessionOwner<TSession> owner,
    PlainLogger logger, TimeProvider timeProvider)
    where TSession : class
{
    private readonly string?[] _said = new string?[hosts.Count];
    private readonly bool[] _needsAttention = new bool[hosts.Count];

    /// <summary>See <see cref="ClientIdentity.InWords"/>.</summary>
    public string InWords(string text) => identity.InWords(text);

    /// <summary>Whether no host can be used before a person has acted.</summary>
    public bool NeedsAttention => Array.TrueForAll(_needsAttention, needed => needed);

    /// <exception cref="BrokerException">The host can't be used; it names the settings as they were read.</exception>
    public async Task<SupervisedConnection<TSession>> DialAsync(int host, CancellationToken cancellationToken)
    {
        try
        {
            return await DialOnceAsync(host, cancellationToken).ConfigureAwait(false);
        }
        catch (BrokerException e) when (identity.InWords(e.Message) is var message && message != e.Message)
        {
            throw new BrokerException(message, e.NeedsAttention, e);
        }
    }

    private async Task<SupervisedConnection<TSession>> DialOnceAsync(int host, CancellationToken cancellationToken)
    {
        var connection = await dialer.DialAsync(hosts[host], clientName, cancellationToken).ConfigureAwait(false);
        try
        {
            var session = await owner.PrepareAsync(connection, cancellationToken).ConfigureAwait(false);
            // A broker in an alarm answers no probe; it is for the caller to decide whether it is better than nothing.
            if (!await connection.ProbeAsync().ConfigureAwait(false) && connection.BlockedReason is null)
            {
                var loss = await LossOfAsync(connection).ConfigureAwait(false);
                throw new BrokerException($"RabbitMQ on {hosts[host]} took the connection, and lost it at once: {loss}.",
                    BrokerWords.Read(loss) is { NeedsAttention: true });
            }

            return new SupervisedConnection<TSession>(host, connection, session, owner, new LoopPulse(timeProvider));
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// As <see cref="DialAsync"/>, when another host works: one that takes no messages, or has nobody to answer them, is not worth leaving
    /// it.
    /// </summary>
    /// <exception cref="BrokerException">The host can't be used, or is no better.</exception>
    public async Task<SupervisedConnection<TSession>> DialToMoveAsync(int host, CancellationToken cancellationToken)
    {
        var dialled = await DialAsync(host, cancellationToken).ConfigureAwait(false);
        try
        {
            if (dialled.Broker.BlockedReason is { } alarm)
                throw new BrokerException($"RabbitMQ on {hosts[host]} takes no messages: {alarm}.", needsAttention: false);
            if (await owner.WhyNotMoveAsync(dialled.Session, cancellationToken).ConfigureAwait(false) is { } reason)
                throw new BrokerException(reason, needsAttention: false);
            return dialled;
        }
        catch
        {
            await dialled.Broker.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Logs that another host can't take the place of the one in use.</summary>
    public void FailedToMove(int host, BrokerHost stays, BrokerException failure)
    {
        if (_said[host] == failure.Message) ConnectionLog.StillStays(logger, clientName, stays, failure.Message);
        else ConnectionLog.Stays(logger, clientName, stays, failure.Message);
        _said[host] = failure.Message;
    }

    /// <summary>Logs a failed attempt.</summary>
    public void Failed(int host, BrokerException failure, int attempt)
    {
        _needsAttention[host] = failure.NeedsAttention;
        if (_said[host] == failure.Message)
        {
            ConnectionLog.StillFailing(logger, clientName, attempt, failure.Message);
            return;
        }

        _said[host] = failure.Message;
        if (failure.NeedsAttention) ConnectionLog.NeedsAttention(logger, clientName, failure.Message);
        else ConnectionLog.Unavailable(logger, clientName, failure.Message);
    }

    /// <summary>Logs that the connection in use is gone: as an error where a person must act, as when it can't be had for that.</summary>
    public void Lost(string broker, string reason, string description)
    {
        if (BrokerWords.Read(reason) is { NeedsAttention: true }) ConnectionLog.NeedsAttention(logger, clientName, description);
        else ConnectionLog.Lost(logger, clientName, broker, reason);
    }

    /// <summary>A host is in use: what fails after that is said again.</summary>
    public void Succeeded()
    {
        Array.Clear(_said);
        Array.Clear(_needsAttention);
    }

    private static async Task<string> LossOfAsync(IBrokerConnection connection) =>
        connection.Lost.IsCompleted ? await connection.Lost.ConfigureAwait(false) : "no answer to a probe";
}
