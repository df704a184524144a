using Microsoft.Extensions.Options;

namespace Ppv.Hosting;

/// <summary>Whether the log file can be written, where there is to be one.</summary>
internal sealed class LogFilePreflight(IOptions<LogFileOptions> options) : IPreflightCheck
{
    public Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellationToken) =>
        Task.Run(() => (IReadOnlyList<Finding>)[.. Look()], cancellationToken);

    private IEnumerable<Finding> Look()
    {
        if (string.IsNullOrEmpty(options.Value.Path)) yield break;
        var path = Path.GetFullPath(options.Value.Path);
        yield return new RotatingFile(path, maxBytes: 0, backupCount: 0).Touch() is { } problem
            ? Finding.Bad($"The log file {path} can't be written: {problem} Let this account write it and its folder.")
            : Finding.Ok($"The log file {path} can be written.");
    }
}
