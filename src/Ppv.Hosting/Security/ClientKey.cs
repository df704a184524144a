using System.Security.Cryptography;
using System.Text;
using Ppv.Hosting.Configuration;

namespace Ppv.Hosting.Security;

/// <summary>The form of a client's key, and where it is kept.</summary>
internal static class ClientKey
{
    public const string Rule = "16 to 256 printable ASCII characters without spaces";
    public const int MaxLength = 256;
    private const int MinLength = 16;

    public static bool IsValid(string? key) => key?.Length is >= MinLength and <= MaxLength && key.All(c => c is > ' ' and <= '~');

    /// <summary>What is compared in the place of the key: always as long, whatever the key is.</summary>
    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>
    /// Reads a file that holds a key and nothing else, but perhaps a line break at its end. It waits for the disk, and
    /// <see cref="KeyFiles"/> does not.
    /// </summary>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    /// <exception cref="DirectoryNotFoundException">Its folder is not there.</exception>
    /// <exception cref="InvalidDataException">It holds no key, or is no file.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public static string ReadFile(string path)
    {
        path = Path.GetFullPath(path, AppContext.BaseDirectory);
        RegularFile.ThrowIfNot(path);
        if (new FileInfo(path) is { Exists: true, Length: > 2 * MaxLength }) throw NoKeyIn();
        var text = File.ReadAllText(path);
        var key = text.EndsWith('\n') ? text[..^(text.EndsWith("\r\n", StringComparison.Ordinal) ? 2 : 1)] : text;
        return IsValid(key) ? key : throw NoKeyIn();
    }

    private static InvalidDataException NoKeyIn() => new($"it must hold {Rule}, and nothing else");

    /// <summary>What reading a file is known to fail with.</summary>
    public static bool IsTrouble(Exception e) =>
        e is IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException or NotSupportedException;
}
