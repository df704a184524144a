using Ppv.Rpc;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Brokers.RabbitMq;

namespace Ppv.Hosting.Preflight;

/// <summary>
/// Whether each host lets us in, and has the queues. They are looked for and never declared: a declaration would make them, with arguments
/// that a program that runs beside may not want.
/// </summary>
/// <param name="role">Whose check it is: <c>gateway</c> or <c>worker</c>.</param>
/// <param name="broker">The hosts.</param>
/// <param name="queueKind">What a missing queue is declared as at start.</param>
/// <param name="queues">The queues that are looked for.</param>
/// <param name="serves">Whether it is a worker, which is nobody's to miss.</param>
/// <param name="dialer">In the place of RabbitMQ's, in tests.</param>
/// <param name="timeProvider">The clock of the time-outs.</param>
internal sealed class BrokerPreflight(
    string role, BrokerOptions broker, QueueKind queueKind, IReadOnlyList<string> queues, bool serves, IBrokerDialer? dialer,
    TimeProvider timeProvider) : IPreflightCheck
{
    private readonly IBrokerDialer _dialer = dialer ?? new RabbitMqDialer(broker, timeProvider);

    /// <summary>The hosts side by side, in their order.</summary>
    public async Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellationToken)
    {
        var hosts = broker.ParseHosts().Select(host => LookAsync(host, cancellationToken));
        return [.. (await Task.WhenAll(hosts).ConfigureAwait(false)).SelectMany(findings => findings)];
    }

    private async Task<IReadOnlyList<Finding>> LookAsync(BrokerHost host, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await _dialer.DialAsync(host, $"{broker.ClientName ?? "ppv"} check", cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                var own = broker.For(host);
                var findings = new List<Finding>
                {
                    Finding.Ok($"{connection.BrokerName} lets user '{own.UserName}' into virtual host '{own.VirtualHost}' ({role})."),
                };
                string?[] doubts =
                    [BrokerReleases.DoubtOf(connection.Release, broker), BrokerReleases.DoubtOf(connection.Release, queueKind)];
                findings.AddRange(doubts.OfType<string>().Select(Finding.Warn));
                foreach (var queue in queues)
                    findings.Add(await LookAsync(connection, queue, own, cancellationToken).ConfigureAwait(false));
                return findings;
            }
        }
        catch (BrokerException e)
        {
            return [Finding.Bad($"{e.Message} ({role})")];
        }
    }

    private async Task<Finding> LookAsync(
        IBrokerConnection connection, string queue, BrokerOptions own, CancellationToken cancellationToken)
    {
        try
        {
            var consumers = (await connection.CountAsync(queue, cancellationToken).ConfigureAwait(false)).Consumers;
            return consumers == 0 && !serves
                ? Finding.Warn($"{connection.BrokerName} has queue '{queue}', but no worker takes orders from it at present.")
                : Finding.Ok($"{connection.BrokerName} has queue '{queue}', and {Workers(consumers)} it now.");
        }
        catch (BrokerException e) when (e.NeedsAttention && queueKind != QueueKind.Passive)
        {
            return Finding.Warn($"{connection.BrokerName} has no queue '{queue}' yet. It is declared as {queueKind} when the program "
                + $"starts, if user '{own.UserName}' has configure permission on it.");
        }
        catch (BrokerException e)
        {
            return Finding.Bad(e.Message);
        }
    }

    private static string Workers(int count) => count switch
    {
        0 => "no worker serves",
        1 => "1 worker serves",
        _ => FormattableString.Invariant($"{count} workers serve"),
    };
}
