using System.Buffers;
using Ppv.Protocol.Text;

namespace Ppv.Protocol;

/// <summary>One command of a call: an event number, a subscriber number, or the confirm.</summary>
/// <remarks>
/// A value is 1 to 20 printable ASCII characters without quotes and backslash and without spaces at its ends, so that it fits
/// Wizard's field and can neither end its line nor start another command (contract §3, §5).
/// Immutable and safe for use by several threads.
/// </remarks>
public sealed record PpvCommand
{
    /// <summary>The most characters a value may have: 20, the width of Wizard's field without the two letters.</summary>
    public const int MaxValueLength = 20;

    /// <summary>The only value that confirms: <c>UP</c>.</summary>
    public const string ConfirmValue = "UP";

    private static readonly SearchValues<char> AllowedCharacters =
        SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Where(c => c is not ('\'' or '"' or '\\'))]);

    private PpvCommand(PpvCommandKind kind, string value) => (Kind, Value) = (kind, value);

    /// <summary>The purchase itself: <c>UP</c>.</summary>
    public static PpvCommand Confirm { get; } = new(PpvCommandKind.Confirm, ConfirmValue);

    /// <summary>Which command this is.</summary>
    public PpvCommandKind Kind { get; }

    /// <summary>The event or subscriber number; <c>UP</c> for the confirm.</summary>
    public string Value { get; }

    /// <summary>The key under which it stands in an order: <c>EV</c>, <c>EN</c> or <c>CONFIRM</c> (contract §1).</summary>
    public string Key => KeyOf(Kind);

    /// <summary>The command that names the event to buy.</summary>
    /// <param name="value">The event number: see <see cref="IsValidValue"/>.</param>
    /// <exception cref="ArgumentException">The value is not one that Wizard can be sent.</exception>
    public static PpvCommand Event(string value) => new(PpvCommandKind.Event, Checked(value));

    /// <summary>The command that names the subscriber who buys.</summary>
    /// <param name="value">The subscriber number: see <see cref="IsValidValue"/>.</param>
    /// <exception cref="ArgumentException">The value is not one that Wizard can be sent.</exception>
    public static PpvCommand Subscriber(string value) => new(PpvCommandKind.Subscriber, Checked(value));

    /// <summary>
    /// Whether a text can be an event or subscriber number: 1 to 20 printable ASCII characters, no quotes, no
    /// backslash, no space at either end.
    /// </summary>
    public static bool IsValidValue(ReadOnlySpan<char> value) =>
        value.Length is >= 1 and <= MaxValueLength && value[0] != ' ' && value[^1] != ' ' && !value.ContainsAnyExcept(AllowedCharacters);

    /// <summary>
    /// The key and the value, such as <c>EV=262193</c>, fit for a log: of a subscriber number only the first two and the last two
    /// characters are shown, <c>EN=85****20</c>, and none of one that has less than eight. <see cref="Value"/> has all of it.
    /// </summary>
    public override string ToString() => $"{Key}={(Kind == PpvCommandKind.Subscriber ? SubscriberNumber.Masked(Value) : Value)}";

    internal static string KeyOf(PpvCommandKind kind) => kind switch
    {
        PpvCommandKind.Event => "EV",
        PpvCommandKind.Subscriber => "EN",
        PpvCommandKind.Confirm => "CONFIRM",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There are three commands."),
    };

    private static string Checked(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return IsValidValue(value)
            ? value
            : throw new ArgumentException(
            $"A value has 1 to {MaxValueLength} printable ASCII characters, no quotes, no backslash, and no space at either end.",
            nameof(value));
    }
}
