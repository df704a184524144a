namespace Ppv.Broker.Tests.Support;

/// <summary>Bounds for waits that end by a signal: far beyond what they take, even on a busy machine.</summary>
internal static class Bounds
{
    public static readonly TimeSpan Limit = Hang.Limit;

    public static Task<T> Within<T>(this Task<T> task) => task.WaitAsync(Limit);

    public static Task Within(this Task task) => task.WaitAsync(Limit);

    public static CancellationToken Token => new CancellationTokenSource(Limit).Token;
}
