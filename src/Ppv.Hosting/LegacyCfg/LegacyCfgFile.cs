using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration.Ini;

namespace Ppv.Hosting;

/// <summary>Reads an old INI file: <c>Section:key</c> and its value, whatever the case of the key. Messages never quote a line: it may be the password's.</summary>
internal static class LegacyCfgFile
{
    public static bool TryRead(string path, [NotNullWhen(true)] out IDictionary<string, string?>? values, [NotNullWhen(false)] out string? error)
    {
        (values, error) = (null, null);
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = $"The file {path} (--cfg) can't be read: {e.Message}";
            return false;
        }

        if (MalformedLine(content) is { } number)
        {
            error = $"The file {path} (--cfg), line {number}: this is neither [section], nor key = value, nor a # comment.";
            return false;
        }

        try
        {
            values = IniStreamConfigurationProvider.Read(new MemoryStream(content));
            return true;
        }
        catch (FormatException e)
        {
            error = $"The file {path} (--cfg) can't be used: {e.Message}";
            return false;
        }
    }

    /// <summary>The parser quotes the line that it does not understand; so it gets none.</summary>
    private static int? MalformedLine(byte[] content)
    {
        using var reader = new StreamReader(new MemoryStream(content));
        for (var number = 1; reader.ReadLine() is { } text; number++)
        {
            var line = text.Trim();
            if (line is not ("" or ['#' or ';' or '/', ..] or ['[', .., ']']) && line.IndexOf('=', StringComparison.Ordinal) < 0) return number;
        }

        return null;
    }
}
