namespace Ppv.Rpc.Brokers;

/// <summary>
/// What the broker means by its words, whatever was being done when it said them: many refusals have a code in common
/// (https://www.rabbitmq.com/amqp-0-9-1-reference#constants). What they mean for one action only is said where that is done. Pure.
/// </summary>
internal static class BrokerWords
{
    private const string RaiseVirtualHostLimit =
        "Raise the limit (rabbitmqctl set_vhost_limits, or clear_vhost_limits), or ";

    private const string RaiseUserLimit = "Raise the limit (rabbitmqctl set_user_limits, or clear_user_limits), or ";

    /// <summary>The first row that fits is taken: the closer words stand above the wider ones.</summary>
    private static readonly BrokerRefusal[] Table =
    [
        new(406, ["queue limit in vhost"], "has as many queues as its virtual host may have",
            RaiseVirtualHostLimit + "delete queues that nobody needs any more; max-queues is reached."),
        new(406, ["queue limit"], "has as many queues as it may have",
            "Raise its cluster_queue_limit, or delete queues that nobody needs any more."),
        new(530, ["access to vhost", "connection limit"], "has as many connections as the virtual host may have",
            RaiseVirtualHostLimit + "close connections that nobody needs; max-connections is reached."),
        new(530, ["user connection limit"], "has as many connections of the user as that one may have",
            RaiseUserLimit + "close connections that nobody needs; max-connections is reached. "
                + "A user of its own for each program helps, too."),
        new(530, ["connection limit"], "has as many connections as it may have",
            "Raise its connection_max, or close connections that nobody needs."),
        new(530, ["channels opened for user"], "has as many channels of the user as that one may have",
            RaiseUserLimit + "close connections that nobody needs; max-channels is reached. A connection of ours has up to six."),
        new(530, ["channels opened on node"], "has as many channels as it may have",
            "Raise its channel_max_per_node, or close connections that nobody needs."),
        new(530, ["vhost", "not found"], "has no such virtual host",
            "Check Ppv:Broker:VirtualHost, or create the virtual host and give the user permissions on it."),
        new(530, ["access to vhost", "refused for user"], "does not let the user into the virtual host",
            "Check Ppv:Broker:VirtualHost, or create the virtual host and give the user permissions on it."),
        new(403, ["access to exchange 'amq.default'", "refused for user"], "does not let us publish",
            "Give the user write permission on 'amq.default', over which orders and answers go."),
        new(541, ["vhost", "is down"], "runs, but the virtual host does not run on it",
            "If it stays so, run on that server: rabbitmqctl restart_vhost -p {vhost}", NeedsAttention: false),
    ];

    /// <summary>Looks for what the broker has said, in <c>403 ACCESS_REFUSED - ...</c> as in a sentence that ends so.</summary>
    /// <returns>What it means; <see langword="null"/> where that depends on what was being done, or is not known.</returns>
    public static BrokerRefusal? Read(string said) => Array.Find(Table, row => row.Fits(said));

    /// <summary>The same as a failure to use the broker, with the broker's own words.</summary>
    public static BrokerException? Explain(string said, BrokerHost host, Exception? error = null) =>
        Read(said) is { } refusal
            ? new BrokerException(
                $"RabbitMQ on {host} {refusal.What}: {refusal.From(said).TrimEnd('.')}. {refusal.AdviceOn(said)}",
                refusal.NeedsAttention, error)
            : null;

    /// <summary>Why a connection is lost, with what to do where the broker has said why.</summary>
    public static string Advise(string reason) =>
        Read(reason) is { } refusal ? $"{reason.TrimEnd('.')}. {refusal.AdviceOn(reason).TrimEnd('.')}" : reason;

    /// <summary>A message that was not taken. The broker gives no reason with that.</summary>
    public static string Nack(string queue, BrokerHost host) =>
        $"RabbitMQ on {host} did not accept the message (nack). As a rule queue '{queue}' is full, by a policy (rabbitmqctl "
            + "list_policies) or an argument with max-length or max-length-bytes and overflow=reject-publish; "
            + "or most nodes of its cluster are down";
}

/// <summary>A row of the table.</summary>
/// <param name="Code">The code that the broker gives.</param>
/// <param name="Words">What its text contains, in this order.</param>
/// <param name="What">What that means, after the broker's name.</param>
/// <param name="Advice">What to do, as sentences; <c>{vhost}</c> is the virtual host.</param>
/// <param name="NeedsAttention">Whether waiting won't help.</param>
internal sealed record BrokerRefusal(int Code, string[] Words, string What, string Advice, bool NeedsAttention = true)
{
    /// <summary>Whether this is what was said.</summary>
    public bool Fits(string said)
    {
        var at = IndexIn(said);
        if (at < 0) return false;
        foreach (var words in Words)
        {
            at = said.IndexOf(words, at, StringComparison.OrdinalIgnoreCase);
            if (at < 0) return false;
        }

        return true;
    }

    /// <summary>What to do, with the virtual host that the broker has named.</summary>
    public string AdviceOn(string said)
    {
        const string before = "vhost '";
        var at = said.LastIndexOf(before, StringComparison.Ordinal) + before.Length;
        var end = at < before.Length ? -1 : said.IndexOf('\'', at);
        return Advice.Replace("{vhost}", end < 0 ? "VHOST" : said[at..end], StringComparison.Ordinal);
    }

    /// <summary>The broker's own words, of what was said.</summary>
    public string From(string said) => said[IndexIn(said)..];

    private int IndexIn(string said)
    {
        var code = FormattableString.Invariant($"{Code} ");
        if (said.StartsWith(code, StringComparison.Ordinal)) return 0;
        var at = said.IndexOf($": {code}", StringComparison.Ordinal);
        return at < 0 ? -1 : at + 2;
    }
}
