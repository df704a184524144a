using Microsoft.Data.Sqlite;
using Ppv.TestKit;
using SQLitePCL;

namespace Ppv.Hosting.Tests;

/// <summary>
/// A disk that a test can fill: a file system in memory, where this machine lets us mount one; else a folder, and the journal's hooks say
/// what such a disk says.
/// </summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private bool _isMounted;
    private volatile bool _isFull;

    private SmallDisk()
    {
    }

    public static async Task<SmallDisk> MakeAsync()
    {
        var disk = new SmallDisk();
        disk._isMounted = OperatingSystem.IsLinux()
            && await CommandLine.SucceedsAsync("mount", ["-t", "tmpfs", "-o", "size=512k", "none", disk.Folder], Entries.Bound);
        return disk;
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("ppv-disk-").FullName;

    public JournalHooks Hooks => new() { BeforeOpen = Write, BeforeGroup = _ => Write() };

    public string File(string name) => Path.Combine(Folder, name);

    /// <summary>Whether the journal's hooks refuse writes too while it is full: what is open may have a bit of room left.</summary>
    public bool RefusesAll { get; set; } = true;

    public void Fill()
    {
        _isFull = true;
        if (!_isMounted) return;
        using var fill = System.IO.File.OpenHandle(File("fill"), FileMode.Create, FileAccess.Write);
        try
        {
            for (var at = 0L; ; at++) RandomAccess.Write(fill, [1], at * 512);
        }
        catch (IOException)
        {
            // It is full now.
        }
    }

    public void MakeRoom()
    {
        _isFull = false;
        System.IO.File.Delete(File("fill"));
    }

    public async ValueTask DisposeAsync()
    {
        if (_isMounted) await CommandLine.RunCheckedAsync("umount", ["-l", Folder], Entries.Bound);
        Directory.Delete(Folder, recursive: true);
    }

    private void Write()
    {
        if (!_isFull || (_isMounted && !RefusesAll)) return;
        throw new SqliteException("SQLite Error 13: 'database or disk is full'.", raw.SQLITE_FULL);
    }
}
