using System.Text;

namespace Ppv.Hosting.Tests;

/// <summary>Who does not take what it is sent is sent away.</summary>
public class FrameWriterTests
{
    private static readonly TimeSpan Bound = Hang.Limit;
    private readonly SignallingClock _clock = new();
    private readonly BoardReader _reader = new();

    [Fact]
    public async Task Frames_are_written_one_after_the_other_until_the_end()
    {
        using var connection = new MemoryStream();
        _reader.Offer("data: 1\n\n"u8.ToArray());
        _reader.End();
        (await FrameWriter.CopyAsync(_reader, connection, _clock, CancellationToken.None).WaitAsync(Bound)).ShouldBeTrue();
        Encoding.UTF8.GetString(connection.ToArray()).ShouldBe("retry: 1000\n\ndata: 1\n\n");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_takes_nothing_for_ten_seconds_did_not_keep_up(bool throws)
    {
        await using var connection = new StuckStream(throws);
        var copying = FrameWriter.CopyAsync(_reader, connection, _clock, CancellationToken.None);
        await _clock.WaitForTimersAsync(1, FrameWriter.SlowLimit);
        await connection.Begun.WaitAsync(Bound);
        _clock.Advance(FrameWriter.SlowLimit - TimeSpan.FromMilliseconds(1));
        copying.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        (await copying.WaitAsync(Bound)).ShouldBeFalse();
    }

    [Fact]
    public async Task Who_leaves_did_nothing_wrong()
    {
        await using var connection = new StuckStream(throws: true);
        using var left = new CancellationTokenSource();
        var copying = FrameWriter.CopyAsync(_reader, connection, _clock, left.Token);
        await connection.Begun.WaitAsync(Bound);
        await left.CancelAsync();
        (await copying.WaitAsync(Bound)).ShouldBeTrue();
    }

    /// <summary>Takes nothing; when that is given up it throws, or returns as an HTTP server does that breaks the connection.</summary>
    private sealed class StuckStream(bool throws) : MemoryStream
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Begun => _begun.Task;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var given = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = cancellationToken.Register(given.SetResult);
            _begun.TrySetResult();
            await given.Task;
            if (throws) cancellationToken.ThrowIfCancellationRequested();
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
