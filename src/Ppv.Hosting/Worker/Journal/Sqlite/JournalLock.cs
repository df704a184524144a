namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>
/// Keeps a second worker off the journal: two workers on one file would each take the other's running confirms for those of a process that
/// ended. The operating system ends the lock with the process, however it ends. The file itself stays: deleting it would let two processes
/// lock two files of one name. In it is the journal's <see cref="JournalMark"/>.
/// </summary>
internal sealed class JournalLock : IDisposable
{
    private const int Marks = 2;

    private readonly string _path;
    private readonly FileStream _file;
    private readonly FileStamp? _stamp;
    private readonly byte[] _buffer = new byte[JournalMark.MaxLength];

    private JournalLock(string path, FileStream file) => (_path, _file, _stamp) = (path, file, FileStamp.Of(path));

    /// <summary>
    /// Takes the lock, and makes it where it is missing. One that can't be written is taken all the same: it keeps others off.
    /// </summary>
    /// <exception cref="InvalidDataException">Somebody has the lock.</exception>
    public static JournalLock Take(string journalPath)
    {
        var path = PathOf(journalPath);
        try
        {
            return new JournalLock(path, new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception e) when (IsRefused(e) && File.Exists(path))
        {
            return TakeAsItIs(path, e);
        }
    }

    private static JournalLock TakeAsItIs(string path, Exception whyNotToWrite)
    {
        try
        {
            return new JournalLock(path, new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None));
        }
        catch (IOException e) when (IsRefused(e))
        {
            throw new InvalidDataException(
                "another worker uses it, and one journal belongs to one worker. Stop that worker, or give this one a file of its own", e);
        }
        catch (UnauthorizedAccessException)
        {
            throw whyNotToWrite;
        }
    }

    // The subclasses of IOException are missing folders and bad names.
    private static bool IsRefused(Exception e) => e is UnauthorizedAccessException || e.GetType() == typeof(IOException);

    /// <summary>For who only looks: where no worker has ever made the lock, nobody has it, and none is made.</summary>
    /// <exception cref="InvalidDataException">Somebody has the lock.</exception>
    public static JournalLock? TakeIfThere(string journalPath) => File.Exists(PathOf(journalPath)) ? Take(journalPath) : null;

    public static string PathOf(string journalPath) => journalPath + ".lock";

    /// <summary>Whether a mark can be written into it.</summary>
    public bool CanWrite => _file.CanWrite;

    /// <summary>Whether the name still means the file that is locked; else somebody could lock another one of this name.</summary>
    public bool IsInPlace => _stamp is { } stamp && FileStamp.Of(_path) is { } now && now.IsSameFile(stamp);

    /// <summary>Reads the mark.</summary>
    /// <returns><see langword="null"/> when there is none: of an earlier release, or of nobody.</returns>
    /// <exception cref="FormatException">There is something that is no mark.</exception>
    public JournalMark? ReadMark()
    {
        var text = new byte[Marks * JournalMark.MaxLength];
        var length = RandomAccess.Read(_file.SafeFileHandle, text, 0);
        var newest = Enumerable.Range(0, Marks)
            .Select(at => JournalMark.Read(text.AsSpan(at * JournalMark.MaxLength, JournalMark.MaxLength)))
            .OfType<JournalMark>().MaxBy(mark => mark.Generation);
        if (newest is null && text.AsSpan(0, length).ContainsAnyExcept((byte)0, (byte)' ', (byte)'\n'))
            throw new FormatException($"There is something else than a mark in {_path}.");
        return newest;
    }

    /// <summary>
    /// Writes a mark over the one before the last: should the power be lost meanwhile, the last one is whole. The process may end at once;
    /// the disk is waited for only where that is asked for.
    /// </summary>
    public void Write(JournalMark mark, bool toDisk = false)
    {
        mark.Write(_buffer);
        RandomAccess.Write(_file.SafeFileHandle, _buffer, mark.Generation % Marks * JournalMark.MaxLength);
        if (toDisk) RandomAccess.FlushToDisk(_file.SafeFileHandle);
    }

    /// <summary>Takes every mark away.</summary>
    public void Clear()
    {
        RandomAccess.SetLength(_file.SafeFileHandle, 0);
        RandomAccess.FlushToDisk(_file.SafeFileHandle);
    }

    public void Dispose() => _file.Dispose();
}
