using System.Runtime.InteropServices;

namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>
/// Which file a name means at a moment, and in which condition it is: found out by the name, without opening it. A handle of our own to a
/// file that SQLite has open would take SQLite's locks away when it is closed.
/// </summary>
/// <param name="Device">The file system that the file is on.</param>
/// <param name="Number">The file's number there, which no other one has while it is open.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Changed">When it was written to last, in units of the file system's clock.</param>
internal readonly record struct FileStamp(ulong Device, ulong Number, long Length, long Changed)
{
    private const int RelativeToHere = -100, BasicFacts = 0x7ff, AnswerSize = 256;

    [ThreadStatic]
    private static byte[]? _answer;

    /// <summary>Looks at a file.</summary>
    /// <returns><see langword="null"/> when there is none of this name, or it can't be seen.</returns>
    public static FileStamp? Of(string path)
    {
        if (!OperatingSystem.IsLinux()) return Portable(path);
        try
        {
            // The kernel's own answer, the same on every processor: man 2 statx.
            var answer = _answer ??= new byte[AnswerSize];
            if (Statx(RelativeToHere, path, 0, BasicFacts, answer) != 0) return null;
            return new FileStamp(
                BitConverter.ToUInt64(answer, 136), BitConverter.ToUInt64(answer, 32),
                BitConverter.ToInt64(answer, 40), BitConverter.ToInt64(answer, 96) * 1_000_000_000 + BitConverter.ToUInt32(answer, 104));
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            return Portable(path);
        }
    }

    /// <summary>Whether both are one file, whatever was written to it in between.</summary>
    public bool IsSameFile(FileStamp other) => Device == other.Device && Number == other.Number;

    // Other systems: a file that is made anew has another time of its making. Windows lets nobody replace a file that is open.
    private static FileStamp? Portable(string path)
    {
        var file = new FileInfo(path);
        return file.Exists
            ? new FileStamp(0, (ulong)file.CreationTimeUtc.Ticks, file.Length, file.LastWriteTimeUtc.Ticks)
            : null;
    }

    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(
        int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] answer);
}
