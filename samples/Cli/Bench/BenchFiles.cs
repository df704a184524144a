using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Running;

namespace Ppv.Samples.Cli.Bench;

/// <summary>The files that a result is written to. That they can be written is found out before there is a load, not after it.</summary>
internal sealed class BenchFiles : IDisposable
{
    private readonly WholeFile? _csv, _html;

    /// <exception cref="CliException">A file can't be written.</exception>
    public BenchFiles(string? csv, string? html, bool force)
    {
        if (!string.IsNullOrEmpty(csv) && !string.IsNullOrEmpty(html) && Path.GetFullPath(csv) == Path.GetFullPath(html))
            throw new CliException("--csv and --html name one file. Give each its own.", ExitCodes.BadArguments);
        _csv = string.IsNullOrEmpty(csv) ? null : new WholeFile(csv, force);
        try
        {
            _html = string.IsNullOrEmpty(html) ? null : new WholeFile(html, force);
        }
        catch
        {
            _csv?.Dispose();
            throw;
        }
    }

    public void Write(BenchResult result, string to, IReadOnlyList<ThresholdResult> thresholds, DateTimeOffset made)
    {
        _csv?.Write(BenchCsv.Of(result));
        _html?.Write(BenchHtml.Of(result, to, thresholds, made));
    }

    public void Dispose()
    {
        _csv?.Dispose();
        _html?.Dispose();
    }
}
