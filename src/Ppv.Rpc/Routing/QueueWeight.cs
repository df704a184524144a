using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Ppv.Protocol;

namespace Ppv.Rpc.Routing;

/// <summary>
/// How much a queue is drawn to a call. Every gateway of every version must come to the same, so it is the first 8 bytes, big-endian, of the SHA-256 of
/// the queue's name, a zero byte, and the <c>connid</c> in upper case: nothing of it may ever change.
/// </summary>
internal static class QueueWeight
{
    public static ulong Of(string queue, ConnectionId call) =>
        BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{queue}\0{call.ToString().ToUpperInvariant()}")));
}
