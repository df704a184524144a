using System.Buffers;
using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;

namespace Ppv.Hosting;

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

/// <summary>
/// Puts the file that <c>--cfg</c> names below everything else: appsettings.json, environment variables and the command line win over it.
/// </summary>
internal static class LegacyCfgConfiguration
{
    public const string Key = "cfg";

    /// <returns>What the file sets; nothing where there is none, or none that can be used.</returns>
    public static IReadOnlyDictionary<string, string?> AddLegacyCfg(
        this IConfigurationManager configuration, LegacyRole role, StartupNotes notes)
    {
        if (configuration[Key] is not { Length: > 0 } name) return ReadOnlyDictionary<string, string?>.Empty;
        var path = Path.GetFullPath(name);
        if (!LegacyCfgFile.TryRead(path, out var content, out var error))
        {
            notes.AddProblem(error);
            return ReadOnlyDictionary<string, string?>.Empty;
        }

        var settings = LegacyCfgMapping.Map(path, content, role, notes);
        configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = settings });
        return settings;
    }
}
