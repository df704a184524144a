using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace Ppv.Hosting.Tests;

/// <summary>The real reader of the old programs, where this machine has Python 3.</summary>
internal static class PythonConfigParser
{
    /// <summary>
    /// For each file: null when it is refused, else section, key and value, in which null is a value that can't be interpolated.
    /// </summary>
    private const string Script = """
        import base64, configparser, io, json, sys

        def value(parser, section, key):
            try:
                return parser.get(section, key)
            except configparser.InterpolationError:
                return None

        def read(content):
            parser = configparser.ConfigParser()
            try:
                parser.read_file(io.TextIOWrapper(io.BytesIO(base64.b64decode(content)), encoding='utf-8'))
            except (configparser.Error, UnicodeDecodeError):
                return None
            return {section: {key: value(parser, section, key) for key in parser.options(section)} for section in parser.sections()}

        print(json.dumps([read(content) for content in json.load(sys.stdin)]))
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>What Python reads in the files, or <see langword="null"/> where there is no Python 3.</summary>
    public static async Task<List<Dictionary<string, Dictionary<string, string?>>?>?> ReadAsync(
        IEnumerable<byte[]> files, CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(Limit);
        var start = new ProcessStartInfo("python3", ["-c", Script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var python = new Process { StartInfo = start };
        try
        {
            python.Start();
        }
        catch (Win32Exception)
        {
            return null;
        }

        try
        {
            var (answer, errors) = (python.StandardOutput.ReadToEndAsync(bound.Token), python.StandardError.ReadToEndAsync(bound.Token));
            await python.StandardInput.WriteAsync(JsonSerializer.Serialize(files).AsMemory(), bound.Token);
            python.StandardInput.Close();
            await python.WaitForExitAsync(bound.Token);
            python.ExitCode.ShouldBe(0, await errors);
            return JsonSerializer.Deserialize<List<Dictionary<string, Dictionary<string, string?>>?>>(await answer);
        }
        finally
        {
            if (!python.HasExited) python.Kill();
        }
    }
}
