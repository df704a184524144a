using Ppv.Rpc.Clocks;
using Ppv.Rpc.Messages;

namespace Ppv.Rpc;

/// <summary>A request to send. Immutable.</summary>
/// <param name="Id">What the request is known by, the same on every attempt: the <c>message-id</c>, 1..255 bytes of UTF-8.</param>
/// <param name="Body">The text. Not to be changed until the answer is there.</param>
public sealed record RpcRequest(string Id, ReadOnlyMemory<byte> Body)
{
    private readonly string? _subject;
    private readonly long _deadline, _limit; // Ticks, and one more; 0 where there is none.

    /// <summary>A request under a new id of its own, a time-ordered UUID of 32 digits: <see cref="IdHistory.New"/>.</summary>
    /// <param name="body">The text. Not to be changed until the answer is there.</param>
    public static RpcRequest Create(ReadOnlyMemory<byte> body) =>
        new(Guid.CreateVersion7().ToString("N"), body) { History = IdHistory.New };

    /// <summary>
    /// What kind of request it is, for the server to tell apart: the message's <c>type</c>; none by default. Requests without one are
    /// persistent, unless <see cref="RpcOptions.QueueKind"/> is <see cref="QueueKind.LegacyTransient"/>; those with one never are.
    /// </summary>
    public string? Type { get; init; }

    /// <summary>
    /// What telemetry calls the request (<c>rpc.method</c>): one of a few names, for each is a series of its own. Not sent. Default
    /// <see langword="null"/>: <see cref="Type"/>.
    /// </summary>
    public string? Method { get; init; }

    /// <summary>
    /// The queue it goes to, on the default exchange: <see cref="RpcOptions.Queue"/> when <see langword="null"/>, the default. A queue that
    /// is none of the options' must be there already, or the request comes back as not executed.
    /// </summary>
    public string? Queue { get; init; }

    /// <summary>
    /// When its caller stops waiting, where some of the time is used up already; <see cref="RpcOptions.ReplyTimeout"/> from now on by
    /// default. At most 10 min ahead of this machine's clock, or sending it throws <see cref="ArgumentException"/>. It is looked at once,
    /// when the request is sent: a step of the clock later on neither ends the wait nor makes it longer.
    /// </summary>
    public DateTimeOffset? Deadline
    {
        get => _deadline == 0 ? null : new DateTimeOffset(_deadline - 1, TimeSpan.Zero);
        init => _deadline = value is { } deadline ? deadline.UtcTicks + 1 : 0;
    }

    /// <summary>The same for callers who measured it by the monotonic clock; it counts in the place of <see cref="Deadline"/>.</summary>
    internal TimeLimit? Limit
    {
        get => _limit == 0 ? null : new TimeLimit(_limit - 1);
        init => _limit = value is { } limit ? limit.Timestamp + 1 : 0;
    }

    /// <summary>
    /// Whether to send it again, with the same id and marked as a possible duplicate, when the connection is lost while waiting for the
    /// answer and there is time left. Only for what may be executed twice, or where every server on the queue recognises the id. Default
    /// <see langword="false"/>.
    /// </summary>
    public bool ResendAfterLoss { get; init; }

    /// <summary>
    /// Whether anything can have been sent under its id before, by this process or another one, and since when. Where something can, a
    /// server executes what must not happen twice only if it can know that nobody has, and nobody is told
    /// <see cref="RpcOutcome.NotExecuted"/> for what happened to this request alone. Default <see cref="IdHistory.Repeat"/>: who chooses
    /// an id says what is known of it; <see cref="Create"/> makes a new one. A request that the client itself sends again
    /// (<see cref="ResendAfterLoss"/>) is a repeat from then on.
    /// </summary>
    public IdHistory History { get; init; }

    /// <summary>
    /// The caller that it is for, where callers are known: header <c>x-ppv-owner</c>. Default <see langword="null"/>: nobody's.
    /// </summary>
    internal string? Owner { get; init; }

    /// <summary>
    /// The caller whose room it takes, where that is not <see cref="Owner"/>: a question is an owner's, too, and says so to nobody.
    /// </summary>
    internal string? CountsFor { get; init; }

    /// <summary>What it is turned away for when many wait. Default <see cref="RequestRank.GoesOn"/>.</summary>
    internal RequestRank Rank { get; init; }

    /// <summary>
    /// What the request is a part of, for the server to compare with what it would act on: header <c>x-ppv-subject</c>, 1 to 128 printable
    /// ASCII characters without spaces. Default <see langword="null"/>: nothing.
    /// </summary>
    /// <exception cref="ArgumentException">The value set is not such a text.</exception>
    public string? Subject
    {
        get => _subject;
        init => _subject = SubjectText.Checked(value);
    }
}
