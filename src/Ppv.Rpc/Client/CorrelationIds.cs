using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Ppv.Rpc.Client;

/// <summary>
/// Correlation ids that can be read back: UUIDs, as the contract has them (§2), whose first half is this client's own and whose second one
/// is a number (version 8, RFC 9562 section 5.8). Safe for use by several threads.
/// </summary>
internal sealed class CorrelationIds
{
    private const ulong Variant = 0x8000_0000_0000_0000, VariantBits = 0xC000_0000_0000_0000;

    private readonly ulong _own = (BinaryPrimitives.ReadUInt64BigEndian(RandomNumberGenerator.GetBytes(8)) & ~0xF000UL) | 0x8000UL;

    /// <param name="number">Below 2^62.</param>
    public string Of(ulong number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _own);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], number | Variant);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    /// <returns><see langword="false"/> when it is none of this client's.</returns>
    public bool TryRead(string? correlationId, out ulong number)
    {
        number = 0;
        Span<byte> bytes = stackalloc byte[16];
        if (!Guid.TryParseExact(correlationId, "D", out var id) || !id.TryWriteBytes(bytes, bigEndian: true, out _)) return false;
        var second = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        number = second & ~VariantBits;
        return BinaryPrimitives.ReadUInt64BigEndian(bytes) == _own && (second & VariantBits) == Variant;
    }
}
