using System.Globalization;
using System.Text.Json;

namespace Ppv.Samples.Cli.Doctor;

/// <summary>
/// Which policies and arguments harm a queue of orders: docs/operations.md has the same table. Over AMQP nobody sees them. Pure.
/// </summary>
internal static class QueuePolicies
{
    /// <summary>As many times as an order may come back before a limit is too low for it.</summary>
    private const long LeastDeliveries = 10;

    private static readonly (string Key, string Harm)[] Table =
    [
        ("ha-mode", "while a cluster is split, each side has a queue of its own, with a worker on it."),
        ("dead-letter-exchange", "orders that were given up live on elsewhere, and must never come back."),
        ("max-length", "orders are dropped or refused."),
        ("max-length-bytes", "orders are dropped or refused."),
        ("expires", "the queue is deleted while no worker is there."),
        ("delivery-limit", "an order that came back so often is dropped, and its caller is told nothing in time."),
        ("delayed-retry-type", "an EV or EN that a worker gives back comes too late for its caller."),
    ];

    /// <summary>What harms, as sentences.</summary>
    /// <param name="queue">A queue, as the management's <c>/api/queues/VHOST/NAME</c> tells it.</param>
    public static IReadOnlyList<string> Harm(JsonElement queue) =>
    [
        .. from row in Table
           from value in new[] { Find(queue, "effective_policy_definition", row.Key), Find(queue, "arguments", $"x-{row.Key}") }
           where value is { } found && IsHarmful(row.Key, found)
           select string.Create(CultureInfo.InvariantCulture, $"{row.Key} is {value}: {row.Harm}"),
    ];

    private static JsonElement? Find(JsonElement queue, string place, string key) =>
        queue.TryGetProperty(place, out var part) && part.ValueKind == JsonValueKind.Object && part.TryGetProperty(key, out var value)
            ? value
            : null;

    private static bool IsHarmful(string key, JsonElement value) => key switch
    {
        "delivery-limit" => value.ValueKind == JsonValueKind.Number && value.GetInt64() is >= 0 and < LeastDeliveries,
        "delayed-retry-type" => value.ToString() is not ("" or "disabled"),
        _ => true,
    };
}
