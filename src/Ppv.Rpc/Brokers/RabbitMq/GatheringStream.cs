using System.Net.Sockets;

namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>A socket's stream that gathers what is written (<see cref="GatheredWrites"/>), and reads as any other one.</summary>
internal sealed class GatheringStream : NetworkStream
{
    private readonly Socket _socket;
    private readonly GatheredWrites _writes;

    /// <param name="socket">Connected; its owner closes it.</param>
    public GatheringStream(Socket socket) : base(socket, ownsSocket: false) =>
        (_socket, _writes) = (socket, new GatheredWrites(SendAsync));

    /// <summary>See <see cref="GatheredWrites.WhenSent"/>.</summary>
    public Task WhenSent() => _writes.WhenSent();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _writes.WriteAsync(buffer.Span);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        _writes.WriteAsync(buffer.AsSpan(offset, count)).AsTask();

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        var written = _writes.WriteAsync(buffer);
        if (!written.IsCompletedSuccessfully) written.AsTask().GetAwaiter().GetResult();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void WriteByte(byte value) => Write([value]);

    /// <summary>Past the stream, which the library closes while its last words are still under way.</summary>
    private async ValueTask SendAsync(ReadOnlyMemory<byte> piece)
    {
        while (!piece.IsEmpty) piece = piece[await _socket.SendAsync(piece, SocketFlags.None).ConfigureAwait(false)..];
    }
}
