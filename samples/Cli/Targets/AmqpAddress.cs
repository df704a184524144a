using Ppv.Rpc;

namespace Ppv.Samples.Cli.Targets;

/// <summary>Addresses of brokers: <c>amqp://user:password@host:5672/%2Fppv</c>, or a host with or without a port.</summary>
internal static class AmqpAddress
{
    public const string Sentence = "--amqp takes the address of a RabbitMQ, such as amqp://ppv:ppv@localhost:5672/%2Fppv or kfs-gax:5672; "
        + "give it twice for a primary and a backup host.";

    private const string Mask = "****";

    public static bool IsValid(string? text) => BrokerHostEntry.TryParse(text, out _);

    /// <summary>The address with its password replaced.</summary>
    public static string Masked(string text)
    {
        var start = text.IndexOf("://", StringComparison.Ordinal);
        var at = text.LastIndexOf('@');
        if (start < 0 || at < 0) return text;
        var colon = text.IndexOf(':', start + 3);
        return colon < 0 || colon > at ? text : $"{text[..(colon + 1)]}{Mask}{text[at..]}";
    }

    /// <summary>
    /// A sentence of the packages about a broker, in the words of this tool: they name the settings of a program, and here there is an
    /// address on the command line.
    /// </summary>
    public static string InWordsOfTheTool(string sentence) => sentence
        .Replace("Ppv:Broker:UserName and Ppv:Broker:Password", "user and password in --amqp", StringComparison.Ordinal)
        .Replace("Ppv:Broker:VirtualHost", "the virtual host in --amqp", StringComparison.Ordinal)
        .Replace("Ppv:Broker:Hosts", "--amqp", StringComparison.Ordinal);

    /// <summary>The options of a connection to these brokers that a person waits for: it does not try for ever.</summary>
    public static BrokerOptions ToOptions(IReadOnlyList<string> addresses, string clientName) => new()
    {
        Hosts = [.. addresses],
        ClientName = clientName,
        MaxRetries = Math.Max(2, addresses.Count),
    };
}
