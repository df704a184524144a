using Ppv.Protocol;

namespace Ppv.Hosting.Worker.Lines;

/// <summary>
/// What a call has named on its line, as far as a confirm may buy it: the EV and the EN that it asked for last, where they were told OK.
/// The one rule of it is <see cref="After"/>, whoever finds how an order ended: the line, the journal, a restart, or a hand-over.
/// Immutable.
/// </summary>
/// <param name="Event">The EV.</param>
/// <param name="Subscriber">The EN.</param>
internal readonly record struct Naming(NamedBy? Event, NamedBy? Subscriber)
{
    /// <summary>
    /// What is named after an order was begun, or has ended. An EV or EN that was not answered OK, for whatever reason, takes away the one
    /// before it: the call wanted something else, and nobody knows what Wizard keeps if it refuses.
    /// </summary>
    /// <param name="order">The order.</param>
    /// <param name="isOk">Whether Wizard said OK to it, on the line.</param>
    public Naming After(PpvOrder order, bool isOk)
    {
        NamedBy? named = isOk ? new NamedBy(order.Id, order.Subject) : null;
        return order.Command.Kind switch
        {
            PpvCommandKind.Event => this with { Event = named },
            PpvCommandKind.Subscriber => this with { Subscriber = named },
            _ => this,
        };
    }

    /// <summary>What is named here and there alike.</summary>
    public Naming And(Naming other) => new(Event == other.Event ? Event : null, Subscriber == other.Subscriber ? Subscriber : null);

    /// <summary>Which of EV and EN are named under a subject; <see langword="null"/>: by the call itself.</summary>
    public ConfirmPrerequisites MetFor(string? subject) =>
        (IsMet(Event, subject) ? ConfirmPrerequisites.Event : ConfirmPrerequisites.None)
        | (IsMet(Subscriber, subject) ? ConfirmPrerequisites.Subscriber : ConfirmPrerequisites.None);

    /// <summary>Whether what is named of an order's kind was named by this very order.</summary>
    public bool Has(PpvOrder order) => OfKind(order.Command.Kind)?.OrderId == order.Id;

    /// <summary>Whether something is named under another subject.</summary>
    public bool IsOfAnother(string? subject) =>
        (Event is { } named && named.Subject != subject) || (Subscriber is { } other && other.Subject != subject);

    /// <summary>Whether anything is named under a subject; <see langword="null"/>: by the call itself.</summary>
    public bool HasAnyOf(string? subject) => MetFor(subject) != ConfirmPrerequisites.None;

    /// <summary>Whether anything is named of a kind.</summary>
    public bool HasAny(PpvCommandKind kind) => OfKind(kind) is not null;

    private NamedBy? OfKind(PpvCommandKind kind) => kind switch
    {
        PpvCommandKind.Event => Event,
        PpvCommandKind.Subscriber => Subscriber,
        _ => null,
    };

    private static bool IsMet(NamedBy? named, string? subject) => named is { } by && by.Subject == subject;
}
