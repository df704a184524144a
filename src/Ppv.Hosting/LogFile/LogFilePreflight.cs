using Microsoft.Extensions.Options;
using Ppv.Hosting.Preflight;

namespace Ppv.Hosting.LogFile;

/// <summary>Whether the log file can be written, where there is to be one. None is made or changed.</summary>
internal sealed class LogFilePreflight(IOptions<LogFileOptions> options) : IPreflightCheck
{
    public Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellationToken) =>
        Task.Run(
            () => string.IsNullOrEmpty(options.Value.Path) ? [] : (IReadOnlyList<Finding>)[Look(Path.GetFullPath(options.Value.Path))],
            cancellationToken);

    private static Finding Look(string path)
    {
        try
        {
            WritableFolder.LookAt(path); // It is rotated there.
            if (!File.Exists(path) && !Directory.Exists(path))
                return Finding.Ok($"The log file {path} is not there yet, and can be made.");
            using (new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
            {
                // That it can be opened so is all there is to know.
            }

            return RotatingFile.IsWritten(path)
                ? Finding.Warn(
                    $"The log file {path} is written by a program now. If that is not this service, give each a file of its own.")
                : Finding.Ok($"The log file {path} can be written.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Finding.Bad($"The log file {path} can't be written: {e.Message} Let this account write it and its folder.");
        }
    }
}
