using System.Globalization;

namespace Ppv.Rpc.Orders;

/// <summary>
/// When an order id was made, where its beginning says so: a UUIDv7 (RFC 9562, with or without hyphens), a ULID, or a Unix time with
/// milliseconds (13 digits, or nginx's <c>$msec</c>: 10 digits, a point, 3 digits). What follows is set off by a character that is neither
/// letter nor digit, as in <c>01234567-89ab-7cde-8f01-23456789abcd.UP</c> or <c>1700000000.123-f3a0</c>. Pure.
/// </summary>
internal static class OrderIdDate
{
    // Random digits may look like a date; one from years ago is none, and on no worker's record any more. One that lies in the future is of
    // a clock that is wrong, and what it will have dated when its future has come looks younger than it is.
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(366), Newest = TimeSpan.FromSeconds(1);

    private const string UlidDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <param name="id">The id.</param>
    /// <param name="now">The time: an id that says it was made after that was made now.</param>
    /// <returns><see langword="null"/> when the id does not say.</returns>
    public static DateTimeOffset? Of(ReadOnlySpan<char> id, DateTimeOffset now)
    {
        if ((Uuid(id) ?? Ulid(id) ?? Milliseconds(id)) is not { } milliseconds) return null;
        var offset = milliseconds - now.ToUnixTimeMilliseconds();
        if (offset < -Oldest.TotalMilliseconds || offset > Newest.TotalMilliseconds) return null;
        return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) is var made && made < now ? made : now;
    }

    /// <summary>The moment before which nothing can have been sent under an id.</summary>
    /// <param name="id">The id.</param>
    /// <param name="undatedLife">How long it may be in use when it does not say when it was made.</param>
    /// <param name="now">The time.</param>
    public static DateTimeOffset EarliestUse(ReadOnlySpan<char> id, TimeSpan undatedLife, DateTimeOffset now) =>
        Of(id, now) ?? now - undatedLife;

    /// <summary>What is known of an id that somebody else has made.</summary>
    /// <inheritdoc cref="EarliestUse"/>
    public static IdHistory HistoryOf(ReadOnlySpan<char> id, TimeSpan undatedLife, DateTimeOffset now) =>
        IdHistory.PossibleSince(EarliestUse(id, undatedLife, now));

    private static long? Uuid(ReadOnlySpan<char> id)
    {
        foreach (var (length, format) in ((int, string)[])[(32, "N"), (36, "D")])
        {
            if (IsSetOff(id, length) && Guid.TryParseExact(id[..length], format, out var uuid) && uuid is { Version: 7,
                Variant: >= 8 and <= 11 })
                return Hex(uuid.ToString("N").AsSpan(0, 12));
        }

        return null;
    }

    private static long? Ulid(ReadOnlySpan<char> id)
    {
        const int length = 26;
        if (!IsSetOff(id, length)) return null;
        var milliseconds = 0L;
        for (var i = 0; i < length; i++)
        {
            var digit = UlidDigits.IndexOf(char.ToUpperInvariant(id[i]), StringComparison.Ordinal);
            if (digit < 0 || (i == 0 && digit > 7)) return null;
            if (i < 10) milliseconds = (milliseconds << 5) | (uint)digit;
        }

        return milliseconds;
    }

    private static long? Milliseconds(ReadOnlySpan<char> id)
    {
        if (IsSetOff(id, 13) && long.TryParse(id[..13], NumberStyles.None, CultureInfo.InvariantCulture, out var plain)) return plain;
        return IsSetOff(id, 14) && id[10] == '.'
            && long.TryParse(id[..10], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && long.TryParse(id[11..14], NumberStyles.None, CultureInfo.InvariantCulture, out var rest)
                ? (seconds * 1000) + rest
                : null;
    }

    private static bool IsSetOff(ReadOnlySpan<char> id, int length) =>
        id.Length == length || (id.Length > length && !char.IsAsciiLetterOrDigit(id[length]));

    private static long Hex(ReadOnlySpan<char> digits) => long.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
