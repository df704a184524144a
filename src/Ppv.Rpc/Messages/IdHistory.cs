namespace Ppv.Rpc;

/// <summary>
/// What is known of a request's id: whether anything can have been sent under it before, and since when. That an attempt was not executed
/// says nothing of earlier ones, so only <see cref="New"/> lets a client answer <see cref="RpcOutcome.NotExecuted"/> by itself. Immutable.
/// </summary>
public readonly record struct IdHistory
{
    private const long Unknown = 0, IsNewId = 1;

    // One number, since each call has many copies of it: the ticks, one more, twice; the last bit says whether it is a repeat.
    private readonly long _code;

    private IdHistory(long code) => _code = code;

    private IdHistory(DateTimeOffset since, bool isRepeat) => _code = ((since.UtcTicks + 1) << 1) | (isRepeat ? 1L : 0L);

    /// <summary>For who keeps one among much else: 0 stands for <see cref="New"/>.</summary>
    internal long Code => _code ^ IsNewId;

    /// <summary>What <see cref="Code"/> stands for.</summary>
    internal static IdHistory Of(long code) => new(code ^ IsNewId);

    /// <summary>Nothing was sent under it before: the id was made for this request.</summary>
    public static IdHistory New { get; } = new(IsNewId);

    /// <summary>Something was sent under it before, or may have been: nobody knows when. The default.</summary>
    public static IdHistory Repeat { get; } = new(Unknown);

    /// <summary>Nobody says that something was sent under it before, and nobody knows that nothing was.</summary>
    /// <param name="since">The moment before which nothing can have been sent, such as when the id was made.</param>
    public static IdHistory PossibleSince(DateTimeOffset since) => new(since, isRepeat: false);

    /// <summary>Something was sent under it before, or may have been.</summary>
    /// <param name="since">The moment before which nothing can have been sent.</param>
    public static IdHistory RepeatSince(DateTimeOffset since) => new(since, isRepeat: true);

    /// <summary>Whether nothing was sent under it before.</summary>
    public bool IsNew => _code == IsNewId;

    /// <summary>Whether something was sent under it before, as far as its sender knows.</summary>
    public bool IsRepeat => _code == Unknown || (_code > IsNewId && (_code & 1) == 1);

    /// <summary>The moment before which nothing can have been sent; <see langword="null"/> when it is not known, or new.</summary>
    public DateTimeOffset? Since => _code > IsNewId ? new DateTimeOffset((_code >> 1) - 1, TimeSpan.Zero) : null;

    /// <summary>The same id once this request was sent: from now on it is a repeat.</summary>
    /// <param name="sentAt">When it was sent first.</param>
    internal IdHistory SentAt(DateTimeOffset sentAt) =>
        IsNew ? RepeatSince(sentAt) : Since is { } since ? RepeatSince(since) : Repeat;
}
