namespace Ppv.Hosting.Board.Streaming;

/// <summary>Writes what a reader gets to its connection.</summary>
internal static class FrameWriter
{
    /// <summary>How long one frame may take: who does not take it within that is sent away.</summary>
    public static readonly TimeSpan SlowLimit = TimeSpan.FromSeconds(10);

    /// <summary>Writes until nothing more comes.</summary>
    /// <param name="reader">Whose frames.</param>
    /// <param name="connection">Where they go.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="left">Cancelled when the reader has left.</param>
    /// <returns>Whether it kept up; when not, the connection is to be broken.</returns>
    public static async Task<bool> CopyAsync(BoardReader reader, Stream connection, TimeProvider timeProvider, CancellationToken left)
    {
        try
        {
            if (!await TryWriteAsync(BoardFrames.Beginning, connection, timeProvider, left).ConfigureAwait(false)) return false;
            await foreach (var frame in reader.Frames.ReadAllAsync(left).ConfigureAwait(false))
            {
                if (!await TryWriteAsync(frame, connection, timeProvider, left).ConfigureAwait(false)) return false;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // It has left.
        }

        return true;
    }

    private static async Task<bool> TryWriteAsync(
        ReadOnlyMemory<byte> frame, Stream connection, TimeProvider timeProvider, CancellationToken left)
    {
        using var late = new CancellationTokenSource(SlowLimit, timeProvider);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(late.Token, left);
        try
        {
            await connection.WriteAsync(frame, end.Token).ConfigureAwait(false);
            await connection.FlushAsync(end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            return false;
        }

        return !late.IsCancellationRequested; // An HTTP server may break the connection in the place of throwing.
    }
}
