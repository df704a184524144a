using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Ppv.Protocol.Orders;

namespace Ppv.Protocol;

/// <summary>
/// The id that the voice platform gives to one phone call: 1 to 32 hexadecimal digits of any case, 16 in every known log
/// (contract §1). All commands of one purchase carry the same id. Where callers are known it belongs to one of them: the same digits of
/// another one are another call.
/// </summary>
/// <remarks>
/// The text is kept as it came. Two ids are equal when their digits and owners are, whatever their case; leading zeros count.
/// Immutable and safe for use by several threads.
/// </remarks>
public sealed class ConnectionId : IEquatable<ConnectionId>, IParsable<ConnectionId>
{
    /// <summary>The most digits an id may have: 32.</summary>
    public const int MaxLength = 32;

    /// <summary>The most characters an owner's name may have: 63.</summary>
    public const int MaxOwnerLength = 63;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private readonly string _text;
    private readonly int _length;

    private ConnectionId(string text, int length) => (_text, _length) = (text, length);

    /// <summary>
    /// The caller whose call it is, where callers are known: 1 to 63 printable ASCII characters without spaces and <c>~</c>. Default
    /// <see langword="null"/>: nobody's. It is no part of what Wizard or an old program sees.
    /// </summary>
    public string? Owner => _length == _text.Length ? null : _text[(_length + 1)..];

    /// <summary>The digits, as they came.</summary>
    internal ReadOnlySpan<char> Digits => _text.AsSpan(0, _length);

    /// <summary>
    /// Makes an id for a purchase that no phone call stands behind, such as one in a shop: 16 random digits, alike for all lines. Keep it
    /// with the purchase: asked for again, it has to be the same.
    /// </summary>
    public static ConnectionId CreateRandom() => new(RandomNumberGenerator.GetHexString(16, lowercase: true), 16);

    /// <summary>The same call of a caller who is known.</summary>
    /// <param name="owner">See <see cref="Owner"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="owner"/> is no such text.</exception>
    public ConnectionId OwnedBy(string owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        return IsValidOwner(owner)
            ? new ConnectionId($"{Digits}{Owned.Mark}{owner}", _length)
            : throw new ArgumentException(
            $"An owner has 1 to {MaxOwnerLength} printable ASCII characters and no spaces or {Owned.Mark}.", nameof(owner));
    }

    /// <summary>Whether a text can be an owner: 1 to 63 printable ASCII characters without spaces and <c>~</c>.</summary>
    /// <param name="owner">The text.</param>
    public static bool IsValidOwner(ReadOnlySpan<char> owner) =>
        owner.Length is >= 1 and <= MaxOwnerLength && !owner.ContainsAnyExceptInRange('!', '}');

    /// <summary>Reads an id.</summary>
    /// <param name="s">1 to 32 hexadecimal digits; of an owner's, then <c>~</c> and the owner, as <see cref="ToString"/> writes it.</param>
    /// <param name="provider">Not used.</param>
    /// <exception cref="FormatException"><paramref name="s"/> is no connection id; the message says why.</exception>
    public static ConnectionId Parse(string s, IFormatProvider? provider = null)
    {
        ArgumentNullException.ThrowIfNull(s);
        return TryParse(s, out var id)
            ? id
            : throw new FormatException(
            $"A connection id has 1 to {MaxLength} hexadecimal digits; this text has {s.Length} characters or others than 0-9, a-f, A-F.");
    }

    /// <summary>Reads an id, without throwing.</summary>
    /// <param name="s">1 to 32 hexadecimal digits; of an owner's, then <c>~</c> and the owner, as <see cref="ToString"/> writes it.</param>
    /// <param name="result">The id when the answer is <see langword="true"/>.</param>
    public static bool TryParse([NotNullWhen(true)] string? s, [NotNullWhen(true)] out ConnectionId? result)
    {
        result = null;
        if (s is null) return false;
        var mark = s.IndexOf(Owned.Mark, StringComparison.Ordinal);
        var length = mark < 0 ? s.Length : mark;
        var isId = length is >= 1 and <= MaxLength && !s.AsSpan(0, length).ContainsAnyExcept(HexDigits)
            && (mark < 0 || IsValidOwner(s.AsSpan(mark + 1)));
        if (isId) result = new ConnectionId(s, length);
        return isId;
    }

    static bool IParsable<ConnectionId>.TryParse(
        [NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out ConnectionId result) =>
        TryParse(s, out result);

    /// <summary>The digits, as they came; of an owner's, then <c>~</c> and the owner.</summary>
    public override string ToString() => _text;

    /// <inheritdoc/>
    public bool Equals(ConnectionId? other) =>
        other is not null && string.Equals(_text, other._text, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ConnectionId);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(_text);

    /// <summary>Whether both are the same id.</summary>
    public static bool operator ==(ConnectionId? left, ConnectionId? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether the two are different ids.</summary>
    public static bool operator !=(ConnectionId? left, ConnectionId? right) => !(left == right);
}
