namespace Ppv.Protocol.Tests.Orders;

public sealed class OrderModelTests
{
    [Theory]
    [InlineData("1\rA017UP")]
    [InlineData("")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("it's")]
    [InlineData("a\"b")]
    [InlineData("a\\b")]
    [InlineData("a\u007Fb")]
    [InlineData("é")]
    [InlineData("123456789012345678901")]
    public void A_value_that_Wizard_can_not_be_sent_is_refused(string value)
    {
        Should.Throw<ArgumentException>(() => PpvCommand.Event(value));
        Should.Throw<ArgumentException>(() => PpvCommand.Subscriber(value));
    }

    [Theory]
    [InlineData("12345678901234567890")]
    [InlineData("a b")]
    [InlineData("~")]
    public void A_value_of_printable_ASCII_is_taken(string value) => PpvCommand.Event(value).Value.ShouldBe(value);

    [Fact]
    public void Ids_are_equal_whatever_their_case_and_keep_their_text()
    {
        var upper = ConnectionId.Parse("0127032D64A94732");
        upper.ShouldBe(ConnectionId.Parse("0127032d64a94732"));
        upper.GetHashCode().ShouldBe(ConnectionId.Parse("0127032d64a94732").GetHashCode());
        upper.ToString().ShouldBe("0127032D64A94732");
        (upper == ConnectionId.Parse("127032d64a94732")).ShouldBeFalse();
    }

    [Fact]
    public void Ids_made_for_purchases_without_a_phone_call_are_as_long_as_the_voice_platforms_and_use_every_line()
    {
        var made = Enumerable.Range(0, 2_000).Select(_ => ConnectionId.CreateRandom()).ToList();

        made.ShouldAllBe(id => id.ToString().Length == 16);
        made.Distinct().Count().ShouldBe(made.Count);
        made.Select(id => LineFormula.LineOf(id, new LineRange(1, 29))).Distinct().Count().ShouldBe(29);
    }

    [Fact]
    public void Every_order_has_an_id_of_its_own_unless_it_is_given_one()
    {
        new PpvOrder(null, PpvCommand.Confirm).Id.ShouldNotBe(new PpvOrder(null, PpvCommand.Confirm).Id);
        new PpvOrder(null, PpvCommand.Confirm) { Id = "x-1" }.Id.ShouldBe("x-1");
        Should.Throw<ArgumentException>(() => new PpvOrder(null, PpvCommand.Confirm) { Id = "x\r1" });
    }
}
