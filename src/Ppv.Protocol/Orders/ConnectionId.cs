using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Ppv.Protocol;

/// <summary>
/// The id that the voice platform gives to one phone call: 1 to 32 hexadecimal digits of any case, 16 in every known log
/// (contract §1). All commands of one purchase carry the same id.
/// </summary>
/// <remarks>
/// The text is kept as it came. Two ids are equal when their digits are, whatever their case; leading zeros count.
/// Immutable and safe for use by several threads.
/// </remarks>
public sealed class ConnectionId : IEquatable<ConnectionId>, IParsable<ConnectionId>
{
    /// <summary>The most digits an id may have: 32.</summary>
    public const int MaxLength = 32;

    private readonly string _digits;

    private ConnectionId(string digits) => _digits = digits;

    /// <summary>
    /// Makes an id for a purchase that no phone call stands behind, such as one in a shop: 16 random digits, alike for all lines. Keep it
    /// with the purchase: asked for again, it has to be the same.
    /// </summary>
    public static ConnectionId CreateRandom() => new(RandomNumberGenerator.GetHexString(16, lowercase: true));

    /// <summary>Reads an id.</summary>
    /// <param name="s">1 to 32 hexadecimal digits, nothing else.</param>
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
    /// <param name="s">1 to 32 hexadecimal digits, nothing else.</param>
    /// <param name="result">The id when the answer is <see langword="true"/>.</param>
    public static bool TryParse([NotNullWhen(true)] string? s, [NotNullWhen(true)] out ConnectionId? result)
    {
        result = s is { Length: >= 1 and <= MaxLength } && s.All(char.IsAsciiHexDigit) ? new ConnectionId(s) : null;
        return result is not null;
    }

    static bool IParsable<ConnectionId>.TryParse(
        [NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out ConnectionId result) =>
        TryParse(s, out result);

    /// <summary>The digits, as they came.</summary>
    public override string ToString() => _digits;

    /// <inheritdoc/>
    public bool Equals(ConnectionId? other) =>
        other is not null && string.Equals(_digits, other._digits, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ConnectionId);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(_digits);

    /// <summary>Whether both are the same id.</summary>
    public static bool operator ==(ConnectionId? left, ConnectionId? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether the two are different ids.</summary>
    public static bool operator !=(ConnectionId? left, ConnectionId? right) => !(left == right);
}
