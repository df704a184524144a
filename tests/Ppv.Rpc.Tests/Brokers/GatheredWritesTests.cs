using Ppv.Rpc.Brokers.RabbitMq;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Brokers;

/// <summary>What is written while a piece is being sent goes with the next one.</summary>
public class GatheredWritesTests
{
    private readonly Queue<TaskCompletionSource> _sending = new();
    private readonly List<byte[]> _sent = [];
    private readonly Lock _lock = new();
    private readonly GatheredWrites _writes;

    public GatheredWritesTests() => _writes = new GatheredWrites(SendAsync);

    [Fact]
    public async Task What_is_written_meanwhile_is_sent_in_one_piece_and_in_order()
    {
        await _writes.WriteAsync([1]);
        await SendingAsync();
        foreach (var value in (byte[])[2, 3, 4]) await _writes.WriteAsync([value]);

        Finish();
        await SendingAsync();
        Finish();
        await _writes.WhenSent().Within();

        Sent.ShouldBe([[1], [2, 3, 4]]);
    }

    [Fact]
    public async Task What_was_written_may_be_reused_at_once()
    {
        byte[] buffer = [1, 2];
        await _writes.WriteAsync(buffer);
        buffer[0] = 9;

        await SendingAsync();

        Sent.ShouldBe([[1, 2]]);
    }

    [Fact]
    public async Task Nothing_is_held_back_when_nothing_is_under_way()
    {
        for (byte turn = 1; turn < 5; turn++)
        {
            await _writes.WriteAsync([turn]);
            await SendingAsync();
            Finish();
            await _writes.WhenSent().Within();
        }

        Sent.ShouldBe([[1], [2], [3], [4]]);
    }

    [Fact]
    public async Task Who_writes_more_than_may_lie_here_waits_until_it_is_on_its_way()
    {
        await _writes.WriteAsync([1]);
        await SendingAsync();
        await _writes.WriteAsync(new byte[GatheredWrites.Limit]);

        var more = _writes.WriteAsync([2]).AsTask();
        more.IsCompleted.ShouldBeFalse();
        Finish();

        await more.Within();
    }

    [Fact]
    public async Task A_failure_is_told_to_who_waits_and_to_everybody_who_writes_later()
    {
        await _writes.WriteAsync([1]);
        await SendingAsync();
        var waits = _writes.WriteAsync(new byte[GatheredWrites.Limit + 1]).AsTask();

        Finish(new IOException("Broken pipe."));

        (await Should.ThrowAsync<IOException>(waits.Within())).Message.ShouldBe("sending failed: Broken pipe");
        await _writes.WhenSent().Within();
        for (var again = 0; again < 2; again++)
            (await Should.ThrowAsync<IOException>(_writes.WriteAsync([2]).AsTask())).Message.ShouldBe("sending failed: Broken pipe");
        Sent.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Nothing_is_lost_doubled_or_swapped_however_many_write(int seed)
    {
        List<byte> received = [];
        var writes = new GatheredWrites(async piece =>
        {
            if (piece.Length % 3 == seed % 3) await Task.Yield();
            received.AddRange(piece.Span);
        });

        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            for (var number = 0; number < 5_000; number++) await writes.WriteAsync([(byte)writer, (byte)(number / 256), (byte)number]);
        }))).Within();
        await writes.WhenSent().Within();

        received.Count.ShouldBe(4 * 5_000 * 3);
        foreach (var writer in Enumerable.Range(0, 4))
        {
            received.Chunk(3).Where(record => record[0] == writer).Select(record => record[1] * 256 + record[2])
                .ShouldBe(Enumerable.Range(0, 5_000));
        }
    }

    private List<byte[]> Sent
    {
        get
        {
            lock (_lock) return [.. _sent];
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> piece)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _sent.Add(piece.ToArray());
            _sending.Enqueue(end);
        }

        await end.Task;
    }

    private Task SendingAsync() => Bounds.UntilAsync(
        () =>
        {
            lock (_lock) return _sending.Count > 0;
        },
        "a piece is being sent");

    private void Finish(Exception? failure = null)
    {
        TaskCompletionSource end;
        lock (_lock) end = _sending.Dequeue();
        if (failure is null) end.SetResult();
        else end.SetException(failure);
    }
}
