using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Ppv.Hosting.Gateway.Draining;

/// <summary>
/// The connections that the system has made for a listening socket and that nobody has accepted yet. Closing the socket resets them, with
/// the requests that they hold; so no new one may come before it is closed.
/// </summary>
internal static class ListenQueue
{
    private const int SocketLevel = 1, AttachFilter = 26; // SOL_SOCKET and SO_ATTACH_FILTER of Linux.

    /// <summary>
    /// Drops what asks for a new connection (SYN without ACK), and nothing else; its sender asks again after a second. A program of the
    /// classic Berkeley Packet Filter.
    /// </summary>
    private static readonly FilterInstruction[] DropNewConnections =
    [
        new(0x30, 0, 0, 13), // Load the flags of the TCP header,
        new(0x54, 0, 0, 0x12), // SYN and ACK of them.
        new(0x15, 0, 1, 0x02), // Where SYN stands alone,
        new(0x06, 0, 0, 0), // drop the packet.
        new(0x06, 0, 0, uint.MaxValue), // Else take it.
    ];

    /// <summary>From now on the system makes no new connection for this socket; those that are there stay.</summary>
    /// <returns>Whether it does so: on Linux, for TCP.</returns>
    public static bool TryShut(Socket socket)
    {
        if (!OperatingSystem.IsLinux() || socket.AddressFamily == AddressFamily.Unix) return false;
        var instructions = GCHandle.Alloc(DropNewConnections, GCHandleType.Pinned);
        try
        {
            var program = new FilterProgram((ushort)DropNewConnections.Length, instructions.AddrOfPinnedObject());
            socket.SetRawSocketOption(SocketLevel, AttachFilter, MemoryMarshal.AsBytes(new ReadOnlySpan<FilterProgram>(in program)));
            return true;
        }
        catch (SocketException)
        {
            return false; // A system without such filters: the port is closed as it would be anyway.
        }
        finally
        {
            instructions.Free();
        }
    }

    /// <summary>Whether a connection waits to be accepted.</summary>
    public static bool HasWaiting(Socket socket) => socket.Poll(TimeSpan.Zero, SelectMode.SelectRead);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct FilterInstruction(ushort Code, byte Then, byte Otherwise, uint Operand);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct FilterProgram(ushort Length, nint Instructions);
}
