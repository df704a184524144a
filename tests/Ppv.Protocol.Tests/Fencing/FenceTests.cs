namespace Ppv.Protocol.Tests;

public class FenceTests
{
    [Fact]
    public void An_open_fence_keeps_nobody_out_ever()
    {
        (Fence.Open.Holder, Fence.Open.Since, Fence.Open.LostReason).ShouldBe(("anybody", DateTimeOffset.MinValue, null));
        Fence.Open.ToString().ShouldBe("anybody");
    }
}
