using System.Collections.Concurrent;

namespace Ppv.Hosting.Tests;

/// <summary>Nobody who logs waits for the disk, and what it did not take is counted.</summary>
public sealed class LogFileWriterTests : IDisposable
{
    private static readonly TimeSpan Limit = Hang.Limit;
    private readonly ConcurrentQueue<string> _written = [];
    private readonly ConcurrentQueue<string> _told = [];
    private readonly SemaphoreSlim _tries = new(0);
    private readonly ManualResetEventSlim _disk = new(initialState: true);
    private volatile string? _problem;

    public void Dispose()
    {
        _tries.Dispose();
        _disk.Dispose();
    }

    [Fact]
    public void Whoever_logs_does_not_wait_for_a_disk_that_hangs_and_the_lines_too_many_are_counted()
    {
        _disk.Reset();
        using (var writer = Writer(Limit))
        {
            writer.Write("first");
            _tries.Wait(Limit, TestContext.Current.CancellationToken).ShouldBeTrue(); // The disk has it, and hangs.
            for (var i = 0; i < LogFileWriter.Capacity + 7; i++) writer.Write("line");
            _disk.Set();
        }

        _written.Count(line => line == "line").ShouldBe(LogFileWriter.Capacity);
        _written.ShouldContain("(7 lines are missing, because the disk was full or did not keep up.)");
        _told.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_disk_that_is_full_is_told_once_and_gone_on_with_when_there_is_room()
    {
        using (var writer = Writer(Limit))
        {
            await WriteAsync(writer, "a");
            _problem = "No space left.";
            foreach (var line in new[] { "b", "c", "d" }) await WriteAsync(writer, line);
            _problem = null;
            await WriteAsync(writer, "e");
        }

        _written.ShouldBe(["a", "(3 lines are missing, because the disk was full or did not keep up.)", "e"]);
        _told.ShouldBe(["it can't be written, and its lines are lost until it can: No space left.", "it can be written again."]);
    }

    [Fact]
    public async Task That_nobody_can_be_told_and_that_a_batch_fails_in_any_way_ends_nothing()
    {
        var isFull = true;
        var written = new ConcurrentQueue<string>();
        using (var writer = new LogFileWriter(
            lines =>
            {
                _tries.Release();
                if (isFull) throw new InvalidOperationException("Something that nobody has thought of.");
                foreach (var line in lines) written.Enqueue(line);
                return (lines.Count, null);
            },
            text => $"({text})", _ => throw new IOException("No space left on stderr's disk."), Limit))
        {
            writer.Write("a");
            (await _tries.WaitAsync(Limit)).ShouldBeTrue();
            isFull = false;
            writer.Write("b");
            (await _tries.WaitAsync(Limit)).ShouldBeTrue();
        }

        written.ShouldBe(["(1 lines are missing, because the disk was full or did not keep up.)", "b"]);
    }

    [Fact]
    public void The_end_waits_for_what_was_handed_over()
    {
        using (var writer = Writer(Limit))
            for (var i = 0; i < 2000; i++) writer.Write($"line {i}");
        _written.ShouldBe(Enumerable.Range(0, 2000).Select(i => $"line {i}"));
    }

    [Fact]
    public void The_end_does_not_wait_for_ever()
    {
        _disk.Reset();
        var writer = Writer(TimeSpan.FromMilliseconds(50));
        writer.Write("a");
        writer.Dispose();
        _told.ShouldHaveSingleItem().ShouldStartWith("its last lines are lost");
        _disk.Set();
    }

    private LogFileWriter Writer(TimeSpan lastWrites) => new(Append, text => $"({text})", _told.Enqueue, lastWrites);

    private async Task WriteAsync(LogFileWriter writer, string line)
    {
        writer.Write(line);
        (await _tries.WaitAsync(Limit, TestContext.Current.CancellationToken)).ShouldBeTrue();
    }

    private (int Written, string? Problem) Append(IReadOnlyList<string> lines)
    {
        var problem = _problem;
        _tries.Release();
        _disk.Wait(Limit);
        if (problem is not null) return (0, problem);
        foreach (var line in lines) _written.Enqueue(line);
        return (lines.Count, null);
    }
}
