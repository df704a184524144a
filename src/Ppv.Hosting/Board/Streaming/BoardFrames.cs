using System.Text.Json;
using Ppv.Hosting.Board.State;

namespace Ppv.Hosting.Board.Streaming;

/// <summary>The board's state as bytes: JSON, and events of <c>text/event-stream</c>.</summary>
internal static class BoardFrames
{
    /// <summary>After a loss a browser comes again soon, so that the board is not blind for long.</summary>
    public static ReadOnlyMemory<byte> Beginning { get; } = "retry: 1000\n\n"u8.ToArray();

    /// <summary>The program is about to stop.</summary>
    public static ReadOnlyMemory<byte> Bye { get; } = "event: bye\ndata: {}\n\n"u8.ToArray();

    private static readonly byte[] Ping = ": ping\n\n"u8.ToArray();
    private static readonly byte[] StateBegins = "event: state\ndata: "u8.ToArray();
    private static readonly byte[] EventEnds = "\n\n"u8.ToArray();

    public static byte[] Json(BoardState state) => JsonSerializer.SerializeToUtf8Bytes(state, BoardJson.Default.BoardState);

    /// <summary>An event with the state; before it, where it is time, a comment that keeps proxies from closing the connection.</summary>
    public static ReadOnlyMemory<byte> State(byte[] json, bool withPing) =>
        (byte[])[.. withPing ? Ping : [], .. StateBegins, .. json, .. EventEnds];

    /// <summary>What is equal for two states that differ by nothing but when they were made, and when members were heard of last.</summary>
    public static byte[] WithoutMoment(BoardState state) => Json(state with
    {
        At = default,
        Members = [.. state.Members.Select(static member => member with { LastSeenAt = default })],
    });
}
