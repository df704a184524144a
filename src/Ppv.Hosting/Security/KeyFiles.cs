using System.Diagnostics;

namespace Ppv.Hosting.Security;

/// <summary>
/// Reads the files of clients' keys, each on a thread of its own: a disk that does not answer holds that for as long as it likes, and
/// nobody else for long.
/// </summary>
/// <param name="read">Reads one; in the place of the disk, in tests.</param>
internal sealed class KeyFiles(Func<string, string>? read = null)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Func<string, string> _read = read ?? ClientKey.ReadFile;

    /// <summary>Reads a file in the background; fails as <see cref="ClientKey.ReadFile"/> does.</summary>
    public Task<string> ReadAsync(string path) => Task.Factory.StartNew(
        () => _read(path), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Reads files side by side, and waits for all of them no longer than for one.</summary>
    /// <returns>
    /// What gives the key of each, or fails as <see cref="ClientKey.ReadFile"/> does, also with an <see cref="IOException"/> where the disk
    /// does not answer.
    /// </returns>
    public IReadOnlyDictionary<string, Func<string>> Read(IEnumerable<string> paths)
    {
        var reading = paths.Distinct(StringComparer.Ordinal).ToDictionary(path => path, ReadAsync, StringComparer.Ordinal);
        var since = Stopwatch.GetTimestamp();
        foreach (IAsyncResult each in reading.Values)
        {
            var left = Patience - Stopwatch.GetElapsedTime(since);
            each.AsyncWaitHandle.WaitOne(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }

        return reading.ToDictionary(each => each.Key, each => KeyOf(each.Value), StringComparer.Ordinal);
    }

    private static Func<string> KeyOf(Task<string> reading) => reading.IsCompleted
        ? () => reading.GetAwaiter().GetResult()
        : static () => throw new IOException($"its disk does not answer within {Patience.TotalSeconds} s");
}
