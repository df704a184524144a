using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

/// <summary>A fence whose loss a test decides.</summary>
internal sealed class TestFence(Func<string?> lost) : Fence
{
    public override string Holder => "a test";

    public override DateTimeOffset Since => DateTimeOffset.MinValue;

    public override string? LostReason => lost();
}
