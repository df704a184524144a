using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Ppv.Rpc;
using Ppv.Samples.Cli.Http;

namespace Ppv.Samples.Cli.Doctor;

/// <summary>
/// What kind of queue it is. Over AMQP one would have to declare it to find out, and that may make it; the broker's management says it
/// (https://www.rabbitmq.com/docs/management#http-api).
/// </summary>
internal static class QueueArguments
{
    private const string Step = "arguments";

    public static async Task<DoctorFinding> LookAsync(
        DoctorTarget patient, BrokerOptions broker, HttpLook http, CancellationToken cancellationToken)
    {
        var (own, queue) = (broker.For(broker.ParseHosts()[0]), patient.Rpc.QueueNames[0]);
        if (patient.Management is not { } management)
            return DoctorFinding.Skipped(Step, "AMQP does not tell a queue's arguments without declaring it. Give the broker's management "
                + $"(--management http://{broker.ParseHosts()[0].Name}:15672), or run on the broker: "
                + $"rabbitmqctl list_queues -p {own.VirtualHost} name type durable arguments");
        var address = new Uri(management, $"/api/queues/{Uri.EscapeDataString(own.VirtualHost)}/{Uri.EscapeDataString(queue)}");
        var login = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{own.UserName}:{own.Password}"));
        try
        {
            var answer = await http.GetAsync(address, ("Authorization", $"Basic {login}"), cancellationToken);
            return answer.Status switch
            {
                HttpStatusCode.OK => Compare(queue, answer.Body, patient),
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => DoctorFinding.Warning(
                    Step, $"The management does not let user '{own.UserName}' in. Give the user the tag 'management'."),
                HttpStatusCode.NotFound => DoctorFinding.Warning(
                    Step, $"The management knows no queue '{queue}' in virtual host '{own.VirtualHost}'."),
                _ => DoctorFinding.Warning(Step, FormattableString.Invariant(
                    $"{management} answered {(int)answer.Status}, as no management of RabbitMQ does. Check the address.")),
            };
        }
        catch (HttpLookException e)
        {
            return DoctorFinding.Warning(Step, $"{e.Message} Check that the plug-in rabbitmq_management runs, and the address.");
        }
    }

    private static DoctorFinding Compare(string queue, string body, DoctorTarget patient)
    {
        QueueFacts facts;
        try
        {
            facts = QueueFacts.Read(body);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return DoctorFinding.Warning(Step, "The answer is none of RabbitMQ's management. Check the address.");
        }

        if (facts.Policies is { Count: > 0 } policies)
            return DoctorFinding.Warning(Step, $"Queue '{queue}' is {facts}, and a policy or an argument harms its orders: "
                + $"{string.Join(' ', policies)} See 'Policies' in docs/operations.md.");
        if (patient.Program is null || patient.Rpc.QueueKind == QueueKind.Passive)
            return DoctorFinding.Ok(Step, $"Queue '{queue}' is {facts}.");
        var expected = QueueFacts.Of(patient.Rpc);
        return (facts.IsQuorum, facts.IsDurable, facts.MessageTtl) == (expected.IsQuorum, expected.IsDurable, expected.MessageTtl)
            ? DoctorFinding.Ok(Step, $"Queue '{queue}' is {facts}, as the program declares it.")
            : DoctorFinding.Warning(Step, $"Queue '{queue}' is {facts}, and the program would declare it as {expected}. Set "
                + "Ppv:Rpc:QueueKind and Ppv:Rpc:MessageTtl to what is there, or delete the queue while nobody uses it.");
    }
}

/// <summary>What gateways and workers declare of a queue.</summary>
internal sealed record QueueFacts(bool IsQuorum, bool IsDurable, long? MessageTtl)
{
    /// <summary>What else applies to it and harms orders, as sentences.</summary>
    public IReadOnlyList<string> Policies { get; init; } = [];

    public static QueueFacts Of(RpcOptions rpc) => new(
        rpc.QueueKind == QueueKind.Quorum, rpc.QueueKind != QueueKind.LegacyTransient, (long)rpc.MessageTtl.TotalMilliseconds);

    public static QueueFacts Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var arguments = root.GetProperty("arguments");
        // A queue without arguments has an empty list there.
        var hasArguments = arguments.ValueKind == JsonValueKind.Object;
        var isQuorum = hasArguments && arguments.TryGetProperty("x-queue-type", out var type) && type.ValueEquals("quorum");
        long? ttl = hasArguments && arguments.TryGetProperty("x-message-ttl", out var number)
            ? number.GetInt64()
            : null;
        return new QueueFacts(isQuorum, root.GetProperty("durable").GetBoolean(), ttl) { Policies = QueuePolicies.Harm(root) };
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"a {(IsQuorum ? "quorum" : IsDurable ? "durable classic" : "transient classic")} queue "
            + $"{(MessageTtl is { } ttl ? $"with a message TTL of {ttl} ms" : "without a message TTL")}");
}
