namespace Ppv.Protocol.Tests.Support;

/// <summary>Every wait of a test ends: a hang is a failure with a name, not a stuck build.</summary>
internal static class Bounded
{
    public static readonly TimeSpan Limit = Hang.Limit;

    public static Task Within(this Task task) => task.WaitAsync(Limit);

    public static Task<T> Within<T>(this Task<T> task) => task.WaitAsync(Limit);

    public static CancellationToken Token() => new CancellationTokenSource(Limit).Token;
}
