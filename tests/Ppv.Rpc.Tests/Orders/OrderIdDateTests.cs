using CsCheck;
using Ppv.Rpc.Orders;

namespace Ppv.Rpc.Tests.Orders;

/// <summary>When an id was made, as far as it says so, and that nothing is read into ids that don't.</summary>
public class OrderIdDateTests
{
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);

    // 11:59:50.123.
    private static readonly DateTimeOffset Made = Now.AddMilliseconds(-9_877);

    private static string Hex => $"{Made.ToUnixTimeMilliseconds():x12}";

    private static string Uuid => $"{Hex}7cde8f0123456789abcd";

    private static string Hyphenated => Guid.ParseExact(Uuid, "N").ToString("D");

    private static string Ulid => UlidOf(Made.ToUnixTimeMilliseconds()) + "0123456789ABCDEF";

    public static TheoryData<string> Dated =>
    [
        Uuid, Uuid.ToUpperInvariant(), Hyphenated, Hyphenated.ToUpperInvariant(), Ulid, Ulid.ToLowerInvariant(),
        $"{Made.ToUnixTimeMilliseconds()}", Msec,
    ];

    private static string Msec => $"{Made.ToUnixTimeSeconds()}.{Made.Millisecond:000}";

    [Theory]
    [MemberData(nameof(Dated))]
    public void An_id_that_begins_with_its_date_says_when_it_was_made(string id)
    {
        foreach (var suffix in (string[])["", ".UP", "-f3a0", "_1", "/x", ":"]) OrderIdDate.Of(id + suffix, Now).ShouldBe(Made,
            id + suffix);
        foreach (var suffix in (string[])["0", "a", "Z"]) OrderIdDate.Of(id + suffix, Now).ShouldBeNull(id + suffix);
        foreach (var prefix in (string[])["0", "x", "order-"]) OrderIdDate.Of(prefix + id, Now).ShouldBeNull(prefix + id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("order-7")]
    [InlineData("............................................................")]
    [InlineData("1700000000.12")]
    [InlineData("1700000000,123")]
    [InlineData("-170000000000")]
    [InlineData("+1700000000.123")]
    [InlineData(" 1700000000123")]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("80000000000000000000000000")] // A ULID's first digit is at most 7.
    [InlineData("UUUUUUUUUUUUUUUUUUUUUUUUUU")] // No digit of a ULID.
    public void An_id_that_says_nothing_has_no_date(string id) => OrderIdDate.Of(id, Now).ShouldBeNull();

    [Theory]
    [InlineData('4', '8', false)] // Random: the time in it is none.
    [InlineData('1', '8', false)]
    [InlineData('6', '8', false)]
    [InlineData('8', '8', false)]
    [InlineData('7', '7', false)] // Not of this kind of UUID at all.
    [InlineData('7', 'c', false)]
    [InlineData('7', '8', true)]
    [InlineData('7', 'b', true)]
    public void Only_version_7_of_a_uuid_has_a_date(char version, char variant, bool isDated)
    {
        var id = $"{Hex}{version}cde{variant}f0123456789abcd";
        OrderIdDate.Of(id, Now).ShouldBe(isDated ? Made : null);
        OrderIdDate.Of(Guid.ParseExact(id, "N").ToString("D"), Now).ShouldBe(isDated ? Made : null);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)] // A clock that is ahead by no more than is reckoned with: made now.
    [InlineData(2, null)]
    [InlineData(60, null)]
    [InlineData(-1, -1)]
    [InlineData(-366 * 86_400, -366 * 86_400)]
    [InlineData((-366 * 86_400) - 1, null)]
    public void A_date_of_tomorrow_or_of_years_ago_is_none(int secondsFromNow, int? expected)
    {
        var milliseconds = Now.AddSeconds(secondsFromNow).ToUnixTimeMilliseconds();
        DateTimeOffset? made = expected is { } seconds ? Now.AddSeconds(seconds) : null;
        OrderIdDate.Of($"{milliseconds}-a", Now).ShouldBe(made);
        OrderIdDate.Of($"{milliseconds:x12}7cde8f0123456789abcd", Now).ShouldBe(made);
        OrderIdDate.Of(UlidOf(milliseconds) + "0123456789ABCDEF", Now).ShouldBe(made);
    }

    [Theory]
    [InlineData("ffffffffffff7fff8fffffffffffffff")]
    [InlineData("7ZZZZZZZZZZZZZZZZZZZZZZZZZ")]
    [InlineData("9999999999999")]
    [InlineData("9999999999.999")]
    [InlineData("0000000000000")]
    public void The_furthest_dates_are_none_and_no_error(string id)
    {
        OrderIdDate.Of(id, Now).ShouldBeNull();
        OrderIdDate.Of(id, DateTimeOffset.MaxValue).ShouldBeNull();
        OrderIdDate.Of(id, DateTimeOffset.MinValue).ShouldBeNull();
    }

    [Fact]
    public void A_uuid_of_version_7_reads_as_the_millisecond_at_which_it_was_made() =>
        Gen.Long[0, 10_000_000_000].Sample(ago =>
        {
            var made = DateTimeOffset.FromUnixTimeMilliseconds(Now.AddMilliseconds(-ago).ToUnixTimeMilliseconds());
            var uuid = Guid.CreateVersion7(made);
            return OrderIdDate.Of(uuid.ToString("N"), Now) == made && OrderIdDate.Of($"{uuid:D}.UP", Now) == made;
        });

    [Fact]
    public void Random_uuids_have_no_date() =>
        Gen.Guid.Sample(guid =>
        {
            var text = guid.ToString("N").ToCharArray();
            text[12] = '4';
            return OrderIdDate.Of(text, Now) is null;
        });

    [Fact]
    public void Whatever_an_id_is_its_date_is_from_within_the_year_before_and_not_after_now() =>
        Gen.Char['!', '~'].Array[0, 40].Sample(id =>
            OrderIdDate.Of(id, Now) is not { } made || (made <= Now && made >= Now.AddDays(-366)));

    private static string UlidOf(long milliseconds)
    {
        const string digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        var text = new char[10];
        for (var i = 9; i >= 0; i--, milliseconds >>= 5) text[i] = digits[(int)(milliseconds & 31)];
        return new string(text);
    }
}
