namespace Ppv.Rpc;

/// <summary>One of several request queues, each with a worker and lines of its own: an entry of <see cref="RpcOptions.Queues"/>.</summary>
public sealed class QueueRoute
{
    /// <summary>The name of the queue, 1..255 bytes, on the default exchange. No two entries have the same.</summary>
    public string Name { get; set; } = "";

    /// <summary>
    /// From when on the queue gets calls, with the offset from UTC, such as <c>2026-12-01T04:00:00+01:00</c>: late enough for every gateway
    /// to know the queue by then. A moment that has passed may stay. Default <see langword="null"/>: from the beginning. At least one queue
    /// of a list must have none.
    /// </summary>
    public DateTimeOffset? From { get; set; }
}
