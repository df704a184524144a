using Ppv.Rpc.Orders;

namespace Ppv.Rpc.Tests.Orders;

/// <summary>For how long a worker's record is whole travels as a span: its clock may be another one than the client's.</summary>
public class StatusSpanTests
{
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(null, null)]
    [InlineData(0.0, 0.0)]
    [InlineData(90.25, 90.25)]
    [InlineData(-1.0, null)] // It begins later than now: it says nothing.
    public void The_client_counts_back_from_its_own_time(double? coveredFor, double? expected)
    {
        TimeSpan? told = coveredFor is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        Read(told).CoveredSince.ShouldBe(expected is { } ago ? Now.AddSeconds(-ago) : null);
    }

    [Fact]
    public void What_is_longer_than_any_date_is_for_ever() => Read(TimeSpan.MaxValue).CoveredSince.ShouldBe(DateTimeOffset.UnixEpoch);

    [Theory]
    [InlineData("7")]
    [InlineData("-1")]
    [InlineData("1")]
    [InlineData("completed")]
    [InlineData("Completed, NotExecuted")]
    public void A_state_that_is_no_known_name_is_told_as_one(string state)
    {
        var reply = new RpcReply(System.Text.Encoding.UTF8.GetBytes($$"""{"state":"{{state}}"}"""), RpcOutcome.Completed);
        var status = StatusInquiry.Read("the-id", reply, Now);
        status.State.ShouldBe(PpvOrderState.Unavailable);
        status.Reason!.ShouldContain("does not know");
    }

    private static PpvOrderStatus Read(TimeSpan? coveredFor)
    {
        var status = new PpvOrderStatus("the-id", PpvOrderState.NeverSeen, null, "No record.");
        var reply = new RpcReply(StatusInquiry.ToBytes(status, coveredFor), RpcOutcome.Completed);
        var read = StatusInquiry.Read("the-id", reply, Now);
        (read with { CoveredSince = null }).ShouldBe(status);
        return read;
    }
}
