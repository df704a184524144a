using System.Security.Cryptography;
using System.Text;

namespace Ppv.Rpc.Messages;

/// <summary>
/// A stranger's text that is to tell things apart, such as an id, and can't be shown: its hash stands for it, as short as an id and fit
/// for a log. Two texts have two hashes, and one text has the same each time. Pure.
/// </summary>
internal static class StrangeText
{
    /// <summary>The id itself where it is printable ASCII; else its hash.</summary>
    public static string IdOf(string id) =>
        id.AsSpan().ContainsAnyExceptInRange(' ', '~') ? HashOf(Encoding.UTF8.GetBytes(id)) : id;

    /// <summary>64 hexadecimal digits.</summary>
    public static string HashOf(ReadOnlySpan<byte> text) => Convert.ToHexStringLower(SHA256.HashData(text));
}
