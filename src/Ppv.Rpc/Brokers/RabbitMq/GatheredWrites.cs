using System.Buffers;

namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>
/// Sends what is written on another turn of the thread pool, and what is written meanwhile in one piece with it: the client library
/// writes every command by itself, and a system call costs more than making one. Nothing is held back when there is nothing to wait for.
/// Once sending has failed, writing does. Safe for use by several threads.
/// </summary>
/// <param name="send">Sends a piece; never two at once.</param>
internal sealed class GatheredWrites(Func<ReadOnlyMemory<byte>, ValueTask> send) : IThreadPoolWorkItem
{
    /// <summary>How much may lie here; who writes more waits until it is on its way.</summary>
    public const int Limit = 256 * 1024;

    private readonly Lock _lock = new();
    private ArrayBufferWriter<byte> _gathering = new(4096), _leaving = new(4096);
    private TaskCompletionSource? _room, _sent;
    private Exception? _failure;
    private bool _isSending;

    /// <summary>Takes a copy.</summary>
    /// <returns>Completes when there is room for more.</returns>
    /// <exception cref="IOException">Something written earlier could not be sent.</exception>
    public ValueTask WriteAsync(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            if (_failure is not null) return ValueTask.FromException(Failed(_failure));
            _gathering.Write(bytes);
            if (!_isSending)
            {
                _isSending = true;
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
            }

            return _gathering.WrittenCount <= Limit ? default : new ValueTask((_room ??= NewSource()).Task);
        }
    }

    /// <summary>Completes when everything that was written has been sent, or can't be. Never faults.</summary>
    public Task WhenSent()
    {
        lock (_lock) return _isSending ? (_sent ??= NewSource()).Task : Task.CompletedTask;
    }

    void IThreadPoolWorkItem.Execute() => _ = SendAsync();

    private async Task SendAsync()
    {
        try
        {
            while (TryTake(out var piece)) await send(piece).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Whatever it was: nobody awaits this, and the next one who writes is told.
            Fail(e);
        }
    }

    private bool TryTake(out ReadOnlyMemory<byte> piece)
    {
        lock (_lock)
        {
            (_gathering, _leaving) = (_leaving, _gathering);
            _gathering.ResetWrittenCount();
            piece = _leaving.WrittenMemory;
            _room?.TrySetResult();
            _room = null;
            if (!piece.IsEmpty) return true;
            End();
            return false;
        }
    }

    private void Fail(Exception failure)
    {
        lock (_lock)
        {
            _failure = failure;
            _room?.TrySetException(Failed(failure));
            _room = null;
            End();
        }
    }

    private void End()
    {
        _isSending = false;
        _sent?.TrySetResult();
        _sent = null;
    }

    private static IOException Failed(Exception failure) =>
        new($"sending failed: {failure.Message.TrimEnd('.')}", failure);

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
