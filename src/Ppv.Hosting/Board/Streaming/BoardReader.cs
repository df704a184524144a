using System.Threading.Channels;

namespace Ppv.Hosting.Board.Streaming;

/// <summary>Somebody who watches the board: of what it did not take yet only the latest is kept. Safe for use by several threads.</summary>
internal sealed class BoardReader
{
    private readonly Channel<ReadOnlyMemory<byte>> _frames = Channel.CreateBounded<ReadOnlyMemory<byte>>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>What is to be sent; ends when nothing more comes.</summary>
    public ChannelReader<ReadOnlyMemory<byte>> Frames => _frames.Reader;

    /// <summary>Puts a frame in the place of one that was not taken.</summary>
    public void Offer(ReadOnlyMemory<byte> frame) => _frames.Writer.TryWrite(frame);

    /// <summary>Nothing more comes.</summary>
    public void End() => _frames.Writer.TryComplete();
}
