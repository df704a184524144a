using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Ppv.Protocol;

namespace Ppv.Rpc.Orders.Routing;

/// <summary>
/// Which queue a call, or a purchase, belongs to, and when the answer may be another than it was. Pure: it does no I/O and has no clock.
/// Immutable and safe for use by several threads.
/// </summary>
/// <remarks>
/// Each queue weighs each call, and the heaviest has it (rendezvous hashing): one more queue takes its share of the calls and moves no
/// other, and the order of the list does not matter.
/// </remarks>
internal sealed class QueueRouter(RpcOptions options)
{
    /// <summary>
    /// How long a call may be silent and still go on: a worker's default <c>Ppv:Server:LeaseIdle</c>, after which it starts over wherever
    /// it is.
    /// </summary>
    public static readonly TimeSpan CallIdle = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The most that clocks may be apart (<see cref="RpcOptions.ClockSkew"/>): another gateway may use a new queue that much earlier.
    /// </summary>
    public static readonly TimeSpan Lead = TimeSpan.FromSeconds(10);

    private readonly QueueRoute[] _routes =
        options.Queues.Count > 0
            ? [.. options.Queues.Select(route => new QueueRoute { Name = route.Name, From = route.From })]
            : [new QueueRoute { Name = options.Queue }];

    /// <summary>Whether there is more than one queue, now or later.</summary>
    public bool HasChoice => _routes.Length > 1;

    /// <summary>The queue of what belongs to no call.</summary>
    public string First => _routes.First(route => route.From is null).Name;

    /// <summary>
    /// All queues: the one of the order's call, if it is a new one, and then those that it may have begun on, the likeliest first. Of a
    /// purchase the key counts: whoever asks for it, and under whatever call, one worker has it, and executes it once.
    /// </summary>
    public IReadOnlyList<string> Rank(PpvOrder order, DateTimeOffset now) => Rank(NameOf(order), now);

    /// <summary>What an order is a part of: its call or its purchase. Unlike the name that is weighed it tells the two apart.</summary>
    public static string WholeOf(PpvOrder order) => order.Subject is null ? NameOf(order) : $"purchase {NameOf(order)}";

    private static string NameOf(PpvOrder order) => order.Subject is null ? $"{order.ConnectionId}" : PurchaseIds.KeyOf(order.Id);

    private string[] Rank(string name, DateTimeOffset now) =>
    [
        .. _routes
            .OrderByDescending(route => route.From is null || route.From <= now)
            .ThenByDescending(route => QueueWeight.Of(route.Name, name))
            .ThenBy(route => route.Name, StringComparer.Ordinal)
            .Select(route => route.Name),
    ];

    /// <summary>
    /// Whether every order of a call since a moment went where it would go now: this client has run for longer, and no queue was added
    /// since, with the time after both in which another client may still have had the other list.
    /// </summary>
    /// <param name="since">The moment.</param>
    /// <param name="now">The time.</param>
    /// <param name="sinceStart">How long this client has run.</param>
    public bool IsSettledSince(DateTimeOffset since, DateTimeOffset now, TimeSpan sinceStart) =>
        !HasChoice || (now - since < sinceStart - CallIdle
            && _routes.All(route => route.From is not { } from || from - now > Lead || since - from > CallIdle));

    /// <summary>
    /// Whether calls may be in progress that began under another list: shortly after the start of this client, whose predecessor may have
    /// had another list, shortly after a queue's <see cref="QueueRoute.From"/>, and after the clock was set, which may have crossed one.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="sinceStart">How long this client has run since its start, and since its clock was set.</param>
    public bool IsChanging(DateTimeOffset now, TimeSpan sinceStart) =>
        HasChoice
            && (sinceStart < CallIdle || _routes.Any(route => route.From is { } from && now - from >= -Lead && now - from < CallIdle));
}

/// <summary>
/// How much a queue is drawn to a call, or to a purchase. Every gateway of every version must come to the same, so it is the first 8 bytes,
/// big-endian, of the SHA-256 of the queue's name, a zero byte, and the <c>connid</c> (with its owner), or the purchase's key, in upper
/// case: nothing of it
/// may ever change.
/// </summary>
internal static class QueueWeight
{
    public static ulong Of(string queue, string name) =>
        BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{queue}\0{name.ToUpperInvariant()}")));
}
