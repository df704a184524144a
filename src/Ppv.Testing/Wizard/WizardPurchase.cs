using Ppv.Protocol;

namespace Ppv.Testing;

/// <summary>One purchase that was booked. Immutable.</summary>
/// <param name="Line">The line on which it was confirmed.</param>
/// <param name="Event">The event number that the line remembered.</param>
/// <param name="Subscriber">The subscriber number that the line remembered.</param>
/// <param name="At">When it was booked.</param>
public sealed record WizardPurchase(LineNumber Line, string Event, string Subscriber, DateTimeOffset At);
