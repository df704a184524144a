namespace Ppv.Protocol.Tests.Support;

internal static class Allocations
{
    /// <summary>
    /// The least that one of several rounds allocated on this thread: what the code itself needs, once everything is compiled.
    /// </summary>
    public static long Of(Action action)
    {
        var least = long.MaxValue;
        for (var round = 0; round < 50; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
