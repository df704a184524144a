using Ppv.Protocol.Orders;

namespace Ppv.Protocol;

/// <summary>One command of one phone call, with an id of its own.</summary>
/// <remarks>
/// The id makes an order recognisable wherever it goes: sending the same instance again asks for the same thing, it does not
/// buy twice. Immutable and safe for use by several threads.
/// </remarks>
public sealed record PpvOrder
{
    /// <summary>The most characters an order id may have: 128.</summary>
    public const int MaxIdLength = 128;

    private readonly string _id = Guid.CreateVersion7().ToString("N");
    private readonly FirstUse _firstUse = new();
    private readonly string? _subject;

    /// <summary>Makes an order with a new id.</summary>
    /// <param name="connectionId">The call it belongs to; <see langword="null"/> where the voice platform gave none.</param>
    /// <param name="command">What is asked for.</param>
    public PpvOrder(ConnectionId? connectionId, PpvCommand command)
    {
        ArgumentNullException.ThrowIfNull(command);
        (ConnectionId, Command) = (connectionId, command);
    }

    /// <summary>
    /// The id of the order, the same on every attempt to place it and in every log. By default a new time-ordered UUID of 32
    /// digits; 1 to 128 printable ASCII characters without spaces.
    /// </summary>
    /// <exception cref="ArgumentException">The value set is not such an id.</exception>
    public string Id
    {
        get => _id;
        init
        {
            _id = IsValidId(value)
                ? value
                : throw new ArgumentException($"An order id has 1 to {MaxIdLength} printable ASCII characters and no spaces.",
                    nameof(value));
            _firstUse = FirstUse.NotKnown;
        }
    }

    /// <summary>
    /// The purchase that the order is a part of, where it is a part of one: the same text on its EV, its EN and its confirm, and another
    /// one for every other purchase. A worker lets a confirm buy only what was named under the same subject, and an id that was used
    /// under one subject is refused under another. Default <see langword="null"/>: the order stands for its call, as the voice platform's
    /// do. 1 to 128 printable ASCII characters without spaces; it travels beside the order, where old programs overlook it.
    /// </summary>
    /// <exception cref="ArgumentException">The value set is not such a text.</exception>
    public string? Subject
    {
        get => _subject;
        init => _subject = value is null || IsValidId(value)
            ? value
            : throw new ArgumentException($"A subject has 1 to {MaxIdLength} printable ASCII characters and no spaces.", nameof(value));
    }

    /// <summary>The call the order belongs to; <see langword="null"/> where the voice platform gave none.</summary>
    public ConnectionId? ConnectionId { get; private init; }

    /// <summary>What is asked for.</summary>
    public PpvCommand Command { get; }

    // The id of the same order in another form: whether it was used is known as it was.
    private string OwnId
    {
        init => _id = value;
    }

    /// <summary>
    /// Whether nobody has sent anything under <see cref="Id"/> yet, which is known only of an id that was made with this order. Copies
    /// share it.
    /// </summary>
    internal FirstUse FirstUse => _firstUse;

    /// <summary>
    /// The same order of a caller who is known: its id and its call are that caller's, and another one's are others, whatever their text.
    /// One without connid has the caller as its <see cref="Subject"/>: such orders share a line, so a confirm must buy no other caller's.
    /// </summary>
    internal PpvOrder OwnedBy(string owner)
    {
        var owned = this with { ConnectionId = ConnectionId?.OwnedBy(owner), OwnId = Owned.Id(Id, owner) };
        return owned.ConnectionId is null ? owned with { Subject = Subject ?? $"{Owned.Mark}{owner}" } : owned;
    }

    /// <summary>The known caller whose it is; <see langword="null"/>: nobody's in particular.</summary>
    internal string? Owner => ConnectionId is { } call ? call.Owner : Subject is [Owned.Mark, .. var owner] ? owner : null;

    /// <summary>Whether it is a known caller's.</summary>
    internal bool IsOwned => Owner is not null;

    /// <summary>The call as the message beside the order says whose it is; an owner that can be none is nobody we know.</summary>
    internal PpvOrder OfCallOwnedBy(string? owner) => owner is null ? this : this with
    {
        ConnectionId = ConnectionId?.OwnedBy(Ppv.Protocol.ConnectionId.IsValidOwner(owner) ? owner : "?"),
    };

    /// <summary>An order that names the event to buy.</summary>
    /// <exception cref="ArgumentException">
    /// The value is not one that Wizard can be sent: see <see cref="PpvCommand.IsValidValue"/>.
    /// </exception>
    public static PpvOrder Event(ConnectionId connectionId, string eventNumber) => new(connectionId, PpvCommand.Event(eventNumber));

    /// <summary>An order that names the subscriber who buys.</summary>
    /// <exception cref="ArgumentException">
    /// The value is not one that Wizard can be sent: see <see cref="PpvCommand.IsValidValue"/>.
    /// </exception>
    public static PpvOrder Subscriber(ConnectionId connectionId, string subscriberNumber) =>
        new(connectionId, PpvCommand.Subscriber(subscriberNumber));

    /// <summary>An order that buys what the call named before.</summary>
    public static PpvOrder Confirm(ConnectionId connectionId) => new(connectionId, PpvCommand.Confirm);

    /// <summary>Whether a text can be an order id: 1 to 128 printable ASCII characters without spaces.</summary>
    public static bool IsValidId(ReadOnlySpan<char> id) => id.Length is >= 1 and <= MaxIdLength && !id.ContainsAnyExceptInRange('!', '~');
}
