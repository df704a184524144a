using Ppv.Hosting;
using Ppv.Hosting.Preflight;
using Ppv.Hosting.Worker.Journal.Sqlite;

namespace Ppv.Samples.Cli.Doctor;

/// <summary>
/// Tries what a worker does with its journal, as the account that runs this: makes a file beside it, with some bytes to the disk, and opens
/// those that are there for writing. Nothing of the journal changes, whether a worker is at work on it or not.
/// </summary>
internal static class JournalTrial
{
    /// <summary>Why it can't be written, as sentences that say what to do; <see langword="null"/> when it can.</summary>
    public static string? WhyNot(string path)
    {
        path = JournalFile.PathOf(path);
        try
        {
            WritableFolder.LookAt(path);
            foreach (var file in new[] { path, $"{path}-wal", $"{path}-shm" }.Where(File.Exists))
            {
                using var open = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            }

            return null;
        }
        catch (Exception e) when (JournalProblem.IsForeseen(e))
        {
            return JournalProblem.Describe(path, e);
        }
    }

    /// <summary>What the trial can't prove, as the end of its sentence.</summary>
    public static string NotProved => Environment.IsPrivilegedProcess
        ? " Whether the worker's account may is not proved: who runs this may write everything. Run it as that account."
        : "";
}
