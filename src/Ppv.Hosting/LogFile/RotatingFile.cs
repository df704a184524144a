using System.Text;

namespace Ppv.Hosting.LogFile;

/// <summary>
/// A file that is appended to and rotated as Python's <c>RotatingFileHandler</c> does: the one in use keeps its name, <c>.1</c> is the
/// newest full one. It is opened anew for each batch, so that a file that was moved away, deleted or cut short by another program is gone
/// on with at once. One thread at a time.
/// </summary>
/// <param name="path">The file in use.</param>
/// <param name="maxBytes">A line that would bring the file to this size begins a new one; 0: never.</param>
/// <param name="backupCount">How many full files are kept; 0: the file is never rotated.</param>
internal sealed class RotatingFile(string path, int maxBytes, int backupCount) : IDisposable
{
    private bool _isTorn;
    private FileStream? _mark;

    /// <summary>Writes lines, each of which has its end, and says how many of them are in the file and what kept the others out.</summary>
    public (int Written, string? Problem) Append(IReadOnlyList<string> lines)
    {
        var written = 0;
        FileStream? file = null;
        try
        {
            file = Open();
            foreach (var line in lines)
            {
                var bytes = Encoding.UTF8.GetBytes(_isTorn ? "\n" + line : line);
                if (IsFull(ToEnd(file), bytes.Length))
                {
                    file.Dispose();
                    Rotate();
                    file = Open();
                    ToEnd(file);
                }

                _isTorn = true; // Until it is written: a full disk may take half a line.
                file.Write(bytes);
                _isTorn = false;
                written++;
            }

            return (written, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (written, e.Message);
        }
        finally
        {
            file?.Dispose();
        }
    }

    private FileStream Open()
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        var file = AppendedFile.Open(path);
        if (file.CanSeek && (_mark is null || file.Length == 0)) Mark(); // An empty one is new; not a pipe, which would be read.
        return file;
    }

    /// <summary>As long as this is open others can find out that a program writes here: see <see cref="IsWritten"/>.</summary>
    private void Mark()
    {
        _mark?.Dispose();
        _mark = null;
        try
        {
            _mark = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It can be written, but not read: then nobody finds out.
        }
    }

    /// <summary>Whether a program that runs writes to a log file.</summary>
    public static bool IsWritten(string path)
    {
        try
        {
            using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None)) return false;
        }
        catch (IOException e) when (e.GetType() == typeof(IOException))
        {
            return true;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return false; // It can't be told: it may be written only, or has just been rotated.
        }
    }

    public void Dispose() => _mark?.Dispose();

    /// <summary>Where the file ends now, which is elsewhere than before when it was cut short. A pipe or a terminal has no end.</summary>
    private static long ToEnd(FileStream file) => file.CanSeek ? file.Seek(0, SeekOrigin.End) : 0;

    /// <summary>An empty file is not full: a line that is longer than a file may be would rotate for ever.</summary>
    private bool IsFull(long size, int more) => maxBytes > 0 && backupCount > 0 && size > 0 && size + more >= maxBytes;

    private void Rotate()
    {
        for (var i = backupCount - 1; i > 0; i--)
            if (File.Exists(Numbered(i))) File.Move(Numbered(i), Numbered(i + 1), overwrite: true);
        File.Move(path, Numbered(1), overwrite: true);
        _mark?.Dispose();
        _mark = null;
    }

    private string Numbered(int number) => FormattableString.Invariant($"{path}.{number}");
}
