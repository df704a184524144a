using Ppv.Protocol.Validation;

namespace Ppv.Rpc;

/// <summary>The queue of orders and the time-outs of a call over it. Section <c>Ppv:Rpc</c>.</summary>
public sealed class RpcOptions
{
    /// <summary>
    /// The request queue, 1..255 bytes, on the default exchange. Default <c>prod.ppv.kfs</c> (contract §2). Legacy key <c>rpc_queue</c>.
    /// </summary>
    [QueueName]
    public string Queue { get; set; } = "prod.ppv.kfs";

    /// <summary>
    /// Several request queues in the place of <see cref="Queue"/>, for clients only: each call stays with one of them, chosen by its
    /// <c>connid</c>; orders without one go to the first queue that has no <see cref="QueueRoute.From"/>. A worker serves its own
    /// <see cref="Queue"/> whatever stands here. Default empty: only <see cref="Queue"/>. Every client must have the same list, in any
    /// order, and every worker on them must be of this kind with leased lines: an old one takes the inquiries for orders that it can't
    /// read, and stops.
    /// </summary>
    public List<QueueRoute> Queues { get; set; } = [];

    /// <summary>
    /// What the queue is declared as when it is not there yet. Default <see cref="QueueKind.DurableClassic"/>; with an old <c>.cfg</c> file
    /// <see cref="QueueKind.LegacyTransient"/>.
    /// </summary>
    [Defined]
    public QueueKind QueueKind { get; set; } = QueueKind.DurableClassic;

    /// <summary>
    /// Whether one server at a time works on the queue while the others stand by. <see langword="null"/> (the default) leaves it to who
    /// uses the queue: a worker with leased lines works alone, one with the old formula does not. Gateways and workers of a quorum queue
    /// must agree on it, for it is an argument of the queue there (https://www.rabbitmq.com/docs/consumers#single-active-consumer);
    /// elsewhere gateways have no use for it.
    /// </summary>
    public bool? SingleActiveConsumer { get; set; }

    /// <summary>
    /// How long a server that takes over from another one waits before its first command, 0 to 30 s. Default 1 s: what the other one sent
    /// last has reached Wizard by then. On a quorum queue for as long again as the other one's leadership may stand unproven. Not waited
    /// for when the other one left in good order, or when nobody else can have served meanwhile.
    /// </summary>
    [InRange("00:00:00", "00:00:30")]
    public TimeSpan TakeoverGrace { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Where answers come to. Default <see cref="ReplyQueueKind.ExclusiveQueue"/>.</summary>
    [Defined]
    public ReplyQueueKind ReplyQueueKind { get; set; } = ReplyQueueKind.ExclusiveQueue;

    /// <summary>
    /// How long an order may lie in the queue, 1 s to 1 h, whole milliseconds. Default 30 s. It is an argument of the queue: gateway and
    /// worker, old or new, must agree on it, or the broker refuses the one that comes second (406). Legacy key <c>message_ttl</c>, in
    /// milliseconds.
    /// </summary>
    [InRange("00:00:01", "01:00:00")]
    public TimeSpan MessageTtl { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a caller waits for an answer, 100 ms to 10 min. Default 30 s. It is the order's deadline: it travels with the order, and a
    /// worker starts nothing after it. Legacy key <c>timeout_waiting_for_response</c>, in seconds.
    /// </summary>
    [InRange("00:00:00.1", "00:10:00")]
    public TimeSpan ReplyTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How much of <see cref="ReplyTimeout"/> a caller may spend waiting for a connection to the broker, 0 up to all of it. Default 10 s,
    /// or all of <see cref="ReplyTimeout"/> where that is shorter. Then the order is given up, not executed.
    /// </summary>
    [InRange("00:00:00", "00:10:00")]
    public TimeSpan ConnectionWait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How many calls may be waiting for an answer at once, 1..100,000. Default 1,000. More are turned away, not executed. What begins a
    /// call, or asks for a status, has three quarters; an EN or CONFIRM has an eighth more, so that new calls never keep it out. The rest
    /// is for calls that were told OK by this client within the last 5 min: no other, whatever it says of itself, keeps those from their
    /// confirm.
    /// </summary>
    [InRange(1, 100_000)]
    public int MaxPendingRequests { get; set; } = 1_000;

    /// <summary>
    /// How much one client may take of the lines, of the room to wait for one, and of the room for waiting requests, in percent, while
    /// there are others: 10 to 100. Default 75, so that one client leaves room for the rest; 100 switches it off. Clients are those of the
    /// gateways (<c>Ppv:Access:Clients</c>); orders of nobody in particular are one client's. Calls that are known to be in progress are
    /// neither counted nor turned away by it.
    /// </summary>
    [InRange(10, 100)]
    public int ClientSharePercent { get; set; } = 75;

    /// <summary>
    /// How many orders a worker takes from the broker before it has settled them, and so how many it works on at once, 1..10,000. Default
    /// 1,000, as many as a client may have waiting (<see cref="MaxPendingRequests"/>): orders that wait for a free line must not keep the
    /// confirms of those who have one in the queue.
    /// </summary>
    [InRange(1, 10_000)]
    public int Prefetch { get; set; } = 1_000;

    /// <summary>
    /// How long a stopping worker lets orders finish that it has begun, 0 s to 10 min. Default 25 s. What is left goes back to the queue.
    /// </summary>
    [InRange("00:00:00", "00:10:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>
    /// What a client sends again by itself, with the same id, when the connection is lost while it waits. Default
    /// <see cref="ResendPolicy.EventAndSubscriber"/>, which no old worker can make harm of; set <see cref="ResendPolicy.All"/> when none is
    /// left on the queue.
    /// </summary>
    [Defined]
    public ResendPolicy ResendAfterLoss { get; set; } = ResendPolicy.EventAndSubscriber;

    /// <summary>
    /// How far the clocks of gateway and worker hosts may be apart, 0 to 10 s. Default 0: they are kept by NTP. Deadlines travel as points
    /// in time, so a worker whose clock is behind would start orders whose callers have left; it takes this much off each deadline. Too
    /// large a value shortens every caller's time.
    /// </summary>
    [InRange("00:00:00", "00:00:10")]
    public TimeSpan ClockSkew { get; set; } = TimeSpan.Zero;

    /// <summary>
    /// How long an order id that somebody else has made, and that does not say when, may be in use: 1 min to 365 days. Default 1 day. After
    /// a worker has died, the next one does not know for so long whether a confirm under such an id was executed before, and answers
    /// *unknown*. Ids that say when they were made (a UUIDv7, a ULID or a Unix time in milliseconds at the beginning) need no such time.
    /// </summary>
    [InRange("00:01:00", "365.00:00:00")]
    public TimeSpan UndatedIdLife { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Every queue that a client may send to.</summary>
    internal IReadOnlyList<string> QueueNames => Queues.Count > 0 ? [.. Queues.Select(route => route.Name)] : [Queue];
}
