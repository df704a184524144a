using Ppv.Protocol;

namespace Ppv.Samples.Embedding;

/// <summary>A cart as the shop remembers it.</summary>
/// <param name="Name">Its name, which the customer's browser has chosen.</param>
/// <param name="Event">The number of the event.</param>
/// <param name="Subscriber">The number of the subscriber. It belongs to a person, so it goes into no log.</param>
/// <param name="Attempt">Which attempt this is, from 1 on. There is a next one only after nothing was bought.</param>
/// <param name="ConnectionId">In place of a phone call: the same one whenever this attempt is asked for.</param>
/// <param name="IsRepeat">Whether this attempt may have been asked for more than once.</param>
/// <param name="State">What became of it.</param>
/// <param name="Code">What the billing system said when it refused.</param>
public sealed record Cart(
    string Name, string Event, string Subscriber, int Attempt, ConnectionId ConnectionId, bool IsRepeat, CartState State, string? Code)
{
    /// <summary>
    /// What the purchase is known by. Each attempt has a key of its own, because a worker that has said "not executed" says it again to
    /// whoever asks with the same key.
    /// </summary>
    public string Key => $"{Name}.{Attempt}";

    /// <summary>A cart that nobody has asked for yet.</summary>
    public static Cart New(string name, string eventNumber, string subscriber) =>
        new(name, eventNumber, subscriber, 1, ConnectionId.CreateRandom(), IsRepeat: false, CartState.Unknown, Code: null);

    /// <summary>Whether it is for the same event and the same subscriber.</summary>
    public bool IsFor(string eventNumber, string subscriber) => Event == eventNumber && Subscriber == subscriber;

    /// <summary>The cart when somebody wants to buy it once more.</summary>
    public Cart AskedAgain() => State switch
    {
        CartState.Unknown => this with { IsRepeat = true },
        CartState.NotBought => New(Name, Event, Subscriber) with { Attempt = Attempt + 1 },
        _ => this,
    };
}
