using System.Globalization;
using System.Threading.Channels;

namespace Ppv.Hosting.LogFile;

/// <summary>
/// Takes lines from any thread without waiting for the disk, and writes them in the background. What the queue or the disk can't take is
/// lost and counted; the log says how many as soon as it can be written again.
/// </summary>
internal sealed class LogFileWriter : IDisposable
{
    /// <summary>How many lines wait at most: some megabytes.</summary>
    public const int Capacity = 10_000;

    private const int Batch = 500;

    private readonly Func<IReadOnlyList<string>, (int Written, string? Problem)> _append;
    private readonly Func<string, string> _format;
    private readonly Action<string> _tell;
    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly TimeSpan _lastWrites;
    private readonly Task _writing;
    private long _lost;
    private bool _isFailing;

    /// <param name="append">Writes lines to the file, and says how many of them are in it and what kept the others out.</param>
    /// <param name="format">Makes a line of a message of the log's own.</param>
    /// <param name="tell">Tells people once of a file that can't be written, and that it can again.</param>
    /// <param name="lastWrites">How long the end waits for lines that are not written yet.</param>
    public LogFileWriter(
        Func<IReadOnlyList<string>, (int Written, string? Problem)> append, Func<string, string> format, Action<string> tell,
        TimeSpan lastWrites)
    {
        (_append, _format, _tell, _lastWrites) = (append, format, tell, lastWrites);
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Hands over a line with its end; never waits.</summary>
    public void Write(string line)
    {
        if (!_lines.Writer.TryWrite(line)) Interlocked.Increment(ref _lost);
    }

    /// <summary>Waits until what was handed over is written, as long as it was told to.</summary>
    public void Dispose()
    {
        _lines.Writer.TryComplete();
        if (!_writing.Wait(_lastWrites)) Tell("its last lines are lost: the disk did not take them in time.");
    }

    private async Task WriteAsync()
    {
        var lines = new List<string>(Batch + 1);
        while (await _lines.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (lines.Count < Batch && _lines.Reader.TryRead(out var line)) lines.Add(line);
            Write(lines);
            lines.Clear();
        }
    }

    private void Write(List<string> lines)
    {
        var lost = Interlocked.Exchange(ref _lost, 0);
        if (lost > 0)
            lines.Insert(0, _format(
                string.Create(CultureInfo.InvariantCulture, $"{lost} lines are missing, because the disk was full or did not keep up.")));
        var (written, problem) = Append(lines);
        if (lost > 0 && written == 0) Interlocked.Add(ref _lost, lost - 1); // Not counting the line that was to say so.
        Interlocked.Add(ref _lost, lines.Count - written);
        if (_isFailing == problem is not null) return;
        _isFailing = problem is not null;
        Tell(problem is null ? "it can be written again." : $"it can't be written, and its lines are lost until it can: {problem}");
    }

    // Whatever happens to one batch, the next one is written: nobody else would say what the program does.
    private (int Written, string? Problem) Append(List<string> lines)
    {
        try
        {
            return _append(lines);
        }
        catch (Exception e)
        {
            return (0, e.Message);
        }
    }

    private void Tell(string text)
    {
        try
        {
            _tell(text);
        }
        catch (Exception)
        {
            // Where it would be told is full, too. The log says it as soon as it can be written.
        }
    }
}
