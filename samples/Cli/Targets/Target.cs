using Ppv.Rpc;

namespace Ppv.Samples.Cli.Targets;

/// <summary>
/// Where a verb finds the system: what was given on the command line, and for the rest the context. Any part may be missing.
/// </summary>
internal sealed record Target
{
    /// <summary>The gateway's address for orders, such as <c>http://localhost:8070/api/v1/ppv</c>.</summary>
    public Uri? Url { get; init; }

    /// <summary>
    /// The brokers, the primary first, as <see cref="BrokerOptions.Hosts"/> takes them; with passwords, so never shown as they are.
    /// </summary>
    public IReadOnlyList<string> Amqp { get; init; } = [];

    /// <summary>The queue of orders.</summary>
    public string? Queue { get; init; }

    /// <summary>Wizard, as <c>host:port</c>.</summary>
    public string? Wizard { get; init; }

    /// <summary>The line board, such as <c>http://localhost:8071/board</c>.</summary>
    public Uri? Board { get; init; }

    /// <summary>The journal's file.</summary>
    public string? Journal { get; init; }

    /// <summary>This one where it says something, the other one where it does not.</summary>
    public Target Or(Target other) => new()
    {
        Url = Url ?? other.Url,
        Amqp = Amqp.Count > 0 ? Amqp : other.Amqp,
        Queue = Queue ?? other.Queue,
        Wizard = Wizard ?? other.Wizard,
        Board = Board ?? other.Board,
        Journal = Journal ?? other.Journal,
    };

    /// <summary>The same with passwords replaced, to be shown.</summary>
    public Target Masked() => this with
    {
        Amqp = [.. Amqp.Select(AmqpAddress.Masked)], Url = WithoutUser(Url), Board = WithoutUser(Board),
    };

    /// <summary>An earlier release kept such addresses.</summary>
    private static Uri? WithoutUser(Uri? address) => address is null or { UserInfo: "" }
        ? address
        : new UriBuilder(address) { UserName = "", Password = "" }.Uri;
}
