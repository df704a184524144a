using Ppv.Rpc;

namespace Ppv.Hosting.Configuration;

/// <summary>Values that can be used and hardly are what somebody meant: what files, shells and editors put around them. Pure.</summary>
internal static class ValueWarnings
{
    // May be of any letters, quotes among them.
    private const string Password = "Ppv:Broker:Password";

    /// <summary>For gateways and workers. Of a secret no letter is told.</summary>
    public static IEnumerable<string> Of(BrokerOptions broker, RpcOptions rpc)
    {
        IEnumerable<(string Path, string? Value)> values =
        [
            ("Ppv:Broker:UserName", broker.UserName), (Password, broker.Password),
            ("Ppv:Broker:VirtualHost", broker.VirtualHost), .. rpc.QueueNames.Select(queue => ("The name of a queue", (string?)queue)),
        ];
        return values.Select(each => DoubtOf(each.Path, each.Value)).OfType<string>();
    }

    /// <summary>What is odd about the time zone; <see langword="null"/> when nothing is.</summary>
    /// <param name="asked">The variable <c>TZ</c>.</param>
    /// <param name="used">The id of the zone that is used.</param>
    public static string? OfTimeZone(string? asked, string used) =>
        string.IsNullOrEmpty(asked) || used != "UTC" || asked.Contains("UTC", StringComparison.OrdinalIgnoreCase)
            || asked.Contains("GMT", StringComparison.OrdinalIgnoreCase)
                ? null
                : $"TZ is {asked}, and this machine does not know that time zone: log lines are in UTC. Install tzdata, or set TZ right.";

    private static string? DoubtOf(string path, string? value) => value switch
    {
        null => null,
        "" => $"{path} is empty. Where a file has it, see that there is something in the file.",
        _ when value != value.Trim() => $"{path} begins or ends with a space or a line end, which is taken for a part of it. Where a file "
            + "has it, write the file without one.",
        ['"', .., '"'] or ['\'', .., '\''] when path != Password =>
            $"{path} is in quotes, which are taken for a part of it. Leave them out.",
        _ => null,
    };
}
