using Ppv.Rpc.Server;
using Ppv.Rpc.Server.Leadership;

namespace Ppv.Rpc.Tests.Server;

/// <summary>Whether what a server remembers still holds, for every record that it may find.</summary>
public class TakeoverDecisionTests
{
    private const string Me = "me", Another = "another";

    [Theory]
    [InlineData(null, null, true, "Continue")] // Whoever came since would still wait its grace.
    [InlineData(null, null, false, "StartOver")]
    [InlineData(Me, "Active", true, "Continue")]
    [InlineData(Me, "Active", false, "Continue")]
    [InlineData(Me, "Leaving", true, "Continue")]
    [InlineData(Me, "Leaving", false, "Continue")]
    [InlineData(Me, "Left", true, "Continue")]
    [InlineData(Me, "Left", false, "Continue")]
    [InlineData(Another, "Active", true, "StartOver")] // The record says who was here, whatever the clock says.
    [InlineData(Another, "Active", false, "StartOver")]
    [InlineData(Another, "Leaving", true, "Wait")]
    [InlineData(Another, "Leaving", false, "Wait")]
    [InlineData(Another, "Left", true, "Import")]
    [InlineData(Another, "Left", false, "Import")]
    public void Only_what_nobody_else_can_have_changed_is_believed(string? identity, string? state, bool ledJustNow, string verdict)
    {
        var record = identity is null ? null : new LeaderRecord { Identity = identity, State = Enum.Parse<LeaderRecordState>(state!) };
        TakeoverDecision.Decide(record, Me, ledJustNow).ToString().ShouldBe(verdict);
    }

    [Fact]
    public void A_record_is_read_as_it_was_written()
    {
        var record = new LeaderRecord
        {
            Identity = Me,
            State = LeaderRecordState.Left,
            Since = DateTimeOffset.UnixEpoch,
            Within = TimeSpan.FromSeconds(30),
            Remembered = [1, 2, 255],
        };
        var read = LeaderRecord.Read(record.ToBytes());
        read.Remembered.ShouldBe(record.Remembered);
        (read with { Remembered = null }).ShouldBe(record with { Remembered = null });
    }

    [Theory]
    [InlineData("")]
    [InlineData("what is this?")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"version":2,"identity":"me","state":"Left"}""")]
    [InlineData("""{"version":1,"identity":"me","state":"Sleeping"}""")]
    public void A_record_that_is_not_understood_is_that_of_another_server_that_was_active(string text)
    {
        var record = LeaderRecord.Read(System.Text.Encoding.UTF8.GetBytes(text));
        TakeoverDecision.Decide(record, Me, ledJustNow: true).ShouldBe(TakeoverAction.StartOver);
    }
}
