using Ppv.Samples.Cli.Running;

namespace Ppv.Samples.Cli.Bench;

/// <summary>The files that a result is written to. That they can be written is found out before there is a load, not after it.</summary>
internal sealed class BenchFiles : IDisposable
{
    private readonly StreamWriter? _csv, _html;

    /// <exception cref="CliException">A file can't be written.</exception>
    public BenchFiles(string? csv, string? html)
    {
        _csv = Open(csv, "--csv");
        _html = Open(html, "--html");
    }

    public async Task WriteAsync(BenchResult result, string to, IReadOnlyList<ThresholdResult> thresholds, DateTimeOffset made)
    {
        if (_csv is not null) await _csv.WriteAsync(BenchCsv.Of(result));
        if (_html is not null) await _html.WriteAsync(BenchHtml.Of(result, to, thresholds, made));
    }

    public void Dispose()
    {
        _csv?.Dispose();
        _html?.Dispose();
    }

    private static StreamWriter? Open(string? path, string option)
    {
        try
        {
            return string.IsNullOrEmpty(path) ? null : new StreamWriter(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CliException(
                $"The file of {option} can't be written: {problem.Message} Nothing was sent.", ExitCodes.BadArguments, problem);
        }
    }
}
