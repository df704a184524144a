using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Ppv.Protocol;

namespace Ppv.Rpc.Orders.Routing;

/// <summary>
/// Which queue a call belongs to, and when the answer may be another than it was. Pure: it does no I/O and has no clock. Immutable and safe
/// for use by several threads.
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
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(10);

    private readonly QueueRoute[] _routes =
        options.Queues.Count > 0
            ? [.. options.Queues.Select(route => new QueueRoute { Name = route.Name, From = route.From })]
            : [new QueueRoute { Name = options.Queue }];

    /// <summary>Whether there is more than one queue, now or later.</summary>
    public bool HasChoice => _routes.Length > 1;

    /// <summary>The queue of what belongs to no call.</summary>
    public string First => _routes.First(route => route.From is null).Name;

    /// <summary>
    /// All queues: the one of the call, if it is a new one, and then those that it may have begun on, the likeliest first.
    /// </summary>
    public IReadOnlyList<string> Rank(ConnectionId call, DateTimeOffset now) =>
    [
        .. _routes
            .OrderByDescending(route => route.From is null || route.From <= now)
            .ThenByDescending(route => QueueWeight.Of(route.Name, call))
            .ThenBy(route => route.Name, StringComparer.Ordinal)
            .Select(route => route.Name),
    ];

    /// <summary>
    /// Whether calls may be in progress that began under another list: shortly after the start of this client, whose predecessor may have
    /// had another list, and shortly after a queue's <see cref="QueueRoute.From"/>.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="sinceStart">How long this client has run.</param>
    public bool IsChanging(DateTimeOffset now, TimeSpan sinceStart) =>
        HasChoice
            && (sinceStart < CallIdle || _routes.Any(route => route.From is { } from && now - from >= -Lead && now - from < CallIdle));
}

/// <summary>
/// How much a queue is drawn to a call. Every gateway of every version must come to the same, so it is the first 8 bytes, big-endian, of
/// the SHA-256 of the queue's name, a zero byte, and the <c>connid</c> in upper case: nothing of it may ever change.
/// </summary>
internal static class QueueWeight
{
    public static ulong Of(string queue, ConnectionId call) =>
        BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{queue}\0{call.ToString().ToUpperInvariant()}")));
}
