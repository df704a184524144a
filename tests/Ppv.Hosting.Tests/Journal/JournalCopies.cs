using System.Diagnostics;

namespace Ppv.Hosting.Tests;

/// <summary>What people and programs do to the files of a journal.</summary>
internal static class JournalCopies
{
    private static readonly string[] Ends = ["", "-wal", "-shm", ".lock"];

    /// <summary>What a process that is killed now leaves behind, in another folder: all files, also those that are locked.</summary>
    public static string AfterKill(string path, TemporaryFolder folder, string name)
    {
        var left = Path.Combine(Directory.CreateDirectory(folder.File(name)).FullName, Path.GetFileName(path));
        foreach (var end in Ends.Where(end => File.Exists(path + end))) Copy(path + end, left + end);
        return left;
    }

    /// <summary>As <c>cp</c> does it: what is in the place is written over. It asks for no lock, as this runtime would.</summary>
    public static void Copy(string from, string to)
    {
        using var copying = Process.Start("cp", [from, to]);
        copying.WaitForExit(Entries.Bound).ShouldBeTrue();
        copying.ExitCode.ShouldBe(0);
    }

    /// <summary>As SQLite's <c>.backup</c> does it: one file that has everything.</summary>
    public static string Backup(string path, string to)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={path};Pooling=false");
        using var target = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={to};Pooling=false");
        connection.Open();
        target.Open();
        connection.BackupDatabase(target);
        return to;
    }
}
