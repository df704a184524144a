using Microsoft.Data.Sqlite;
using Ppv.Hosting.Preflight;

namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>
/// Whether the journal's folder can be written, and the file can be read by this release. A file that another process uses is left alone,
/// and none is made or changed.
/// </summary>
/// <param name="path">The file; <see langword="null"/> for a journal in memory.</param>
/// <param name="options">From which size on it is large. Default: the options' defaults.</param>
internal sealed class JournalPreflight(string? path, JournalOptions? options = null) : IPreflightCheck
{
    public async Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellationToken) =>
        [await Task.Run(Look, cancellationToken).ConfigureAwait(false)];

    private Finding Look()
    {
        if (path is null)
            return Finding.Warn("The order journal is in memory and is lost when the worker ends. Name a file in Ppv:Server:Journal:Path.");
        try
        {
            WritableFolder.LookAt(JournalFile.PathOf(path));
            return LookInto(JournalFile.PathOf(path));
        }
        catch (Exception e) when (JournalProblem.IsForeseen(e))
        {
            return Finding.Bad(JournalProblem.Describe(path, e));
        }
    }

    private Finding LookInto(string path)
    {
        JournalLock? held;
        try
        {
            // For the moment of the look; a worker that starts just then tries again by itself.
            held = JournalLock.TakeIfThere(path);
        }
        catch (InvalidDataException)
        {
            return Finding.Warn($"The order journal {path} is in use, so it was not looked into. If it is not this service that runs now, "
                + "give each worker a file of its own.");
        }

        using (held)
        {
            if (JournalExamination.Examine(path, held) is { } doubt)
                return Finding.Bad(JournalProblem.Describe(path, doubt.ToException()));
            if (!JournalFile.IsThere(path)) return Finding.Ok($"The order journal {path} is not there yet, and can be made.");
            using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
            {
                // That it can be opened so is all there is to know.
            }

            using var connection = JournalFile.Connect(DataSource(path), SqliteOpenMode.ReadOnly);
            JournalSchema.CheckReadable(connection);
            return JournalSize.WarningOf(path, JournalSize.Of(connection, path), options ?? new JournalOptions()) is { } warning
                ? Finding.Warn(warning)
                : Finding.Ok($"The order journal {path} can be read and written.");
        }
    }

    /// <summary>
    /// A file without a log beside it is read as one that never changes: SQLite would make files next to it otherwise, which would belong
    /// to whoever looks.
    /// </summary>
    private static string DataSource(string path) =>
        new FileInfo(path + "-wal") is { Exists: true, Length: > 0 } ? path : $"{new Uri(path).AbsoluteUri}?immutable=1";
}
