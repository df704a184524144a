using Ppv.Protocol.Text;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Brokers.RabbitMq;

namespace Ppv.Rpc.Presence;

/// <summary>
/// Asks who is there without being there: over connections of its own that last as long as the question, that declare and consume no queue
/// of orders, and that answer nobody.
/// </summary>
/// <param name="dialer">Connects; by default to RabbitMQ.</param>
/// <param name="broker">The hosts. All of them are asked: they may be one cluster or not.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="only">The hosts to ask, if not all of them.</param>
internal sealed class PresenceQuestion(
    IBrokerDialer? dialer, BrokerOptions broker, TimeProvider timeProvider, IReadOnlyList<BrokerHost>? only = null)
{
    private readonly IReadOnlyList<BrokerHost> _hosts = only ?? broker.ParseHosts();

    private readonly IBrokerDialer _dialer = dialer ?? new RabbitMqDialer(broker, timeProvider);
    private readonly PresenceMember _asker = new(new PresenceSource("asker"), [], PlainLogger.None, timeProvider);

    /// <summary>Asks once.</summary>
    /// <param name="patience">How long to wait for reports, from when a host was asked.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BrokerException">No host could be asked.</exception>
    public async Task<PresenceResult> AskAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var answers = new PresenceAnswers(null);
        var problems = (await Task.WhenAll(_hosts.Select(host => AskAsync(host, patience, answers, cancellationToken)))
            .ConfigureAwait(false)).OfType<BrokerException>().ToList();
        if (problems.Count == _hosts.Count) throw problems[0];
        return new PresenceResult(
            answers.Reports, [.. problems.Select(problem => problem.Message), .. LeftOut(_asker.LeftOut + answers.LeftOut)]);
    }

    private static IEnumerable<string> LeftOut(int reports) => reports == 0
        ? []
        : [FormattableString.Invariant(
            $"{reports} reports were left out, for no site has so many. Look who may write to 'amq.direct', and is no program of yours.")];

    /// <returns>Why the host could not be asked; <see langword="null"/> when it was.</returns>
    private async Task<BrokerException?> AskAsync(
        BrokerHost host, TimeSpan patience, PresenceAnswers answers, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await _dialer.DialAsync(host, $"{broker.ClientName ?? "ppv"} asker", cancellationToken).ConfigureAwait(false);
            await using var _ = connection.ConfigureAwait(false);
            var presence = await PresenceConnection.OpenAsync(
                connection, ReplyQueueKind.ExclusiveQueue, _asker, static () => default, static _ => { }, cancellationToken)
                .ConfigureAwait(false);
            foreach (var report in await _asker.AskAsync([presence], patience, null, cancellationToken).ConfigureAwait(false))
                answers.Add(report, 0); // What came from one host is bounded already.
            return null;
        }
        catch (BrokerException problem)
        {
            return problem;
        }
    }
}

/// <summary>What came of a question.</summary>
/// <param name="Reports">One for each instance.</param>
/// <param name="Problems">Why single hosts could not be asked, in full sentences.</param>
internal sealed record PresenceResult(IReadOnlyList<PresenceReport> Reports, IReadOnlyList<string> Problems);
