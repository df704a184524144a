using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;

namespace Ppv.Hosting.LegacyCfg;

/// <summary>Reads an old file as the old programs do, as UTF-8. Messages never quote a line: it may be the password's.</summary>
internal static class LegacyCfgFile
{
    public static bool TryRead(string path, [NotNullWhen(true)] out LegacyIni? content, [NotNullWhen(false)] out string? error)
    {
        (content, error) = (null, null);
        try
        {
            content = LegacyIni.Parse(Decode(File.ReadAllBytes(path)));
            return true;
        }
        catch (LegacyIniException e)
        {
            error = $"The file {path} (--cfg), line {e.Line}: {e.Message}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = $"The file {path} (--cfg) can't be read: {e.Message}";
        }

        return false;
    }

    /// <exception cref="LegacyIniException">A byte is no UTF-8.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = new char[bytes.Length]; // UTF-8 never takes fewer bytes than UTF-16 takes units.
        var status = Utf8.ToUtf16(bytes, text, out var read, out var written, replaceInvalidSequences: false);
        if (status == OperationStatus.Done) return new string(text, 0, written);
        throw new LegacyIniException(
            LineCount(new string(text, 0, written)), $"byte {read + 1} of the file is no UTF-8. Save it as UTF-8.");
    }

    private static int LineCount(string text) => text.ReplaceLineEndings("\n").Count(c => c == '\n') + 1;
}
