namespace Ppv.Hosting;

/// <summary>
/// Keeps a second worker off the journal: two workers on one file would each take the other's running confirms for those of a process that
/// ended. The operating system ends the lock with the process, however it ends. The file itself stays: deleting it would let two processes
/// lock two files of one name.
/// </summary>
internal sealed class JournalLock : IDisposable
{
    private readonly FileStream _file;

    private JournalLock(FileStream file) => _file = file;

    /// <exception cref="InvalidDataException">Somebody has the lock.</exception>
    public static JournalLock Take(string journalPath)
    {
        var path = journalPath + ".lock";
        try
        {
            return new JournalLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        // Its subclasses are missing folders and bad names.
        catch (IOException e) when (e.GetType() == typeof(IOException) && File.Exists(path))
        {
            throw new InvalidDataException(
                "another worker uses it, and one journal belongs to one worker. Stop that worker, or give this one a file of its own", e);
        }
    }

    /// <summary>For who only looks: where no worker has ever made the lock, nobody has it, and none is made.</summary>
    /// <exception cref="InvalidDataException">Somebody has the lock.</exception>
    public static JournalLock? TakeIfThere(string journalPath) => File.Exists(journalPath + ".lock") ? Take(journalPath) : null;

    public void Dispose() => _file.Dispose();
}
