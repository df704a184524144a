namespace Ppv.Hosting.Preflight;

/// <summary>
/// Whether a program could make a file and write to it, found out without leaving one: it would belong to whoever looks.
/// </summary>
internal static class WritableFolder
{
    /// <summary>So much is written, in bytes: a full disk takes an empty file.</summary>
    private const int Probe = 64 * 1024;

    /// <summary>
    /// Looks at the folder of a file, or at the nearest one above that is there: programs make the folders that are missing.
    /// </summary>
    /// <exception cref="IOException">No file can be made there, or there is no room for one.</exception>
    /// <exception cref="UnauthorizedAccessException">This account may make none.</exception>
    public static void LookAt(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } above) folder = above;
        var probe = Path.Combine(folder, $".ppv-check-{Guid.NewGuid():N}");
        // It goes when it is closed.
        using var file = new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        try
        {
            file.Write(new byte[Probe]);
            file.Flush(flushToDisk: true);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new IOException("A file can't have that many bytes there, by a limit of the disk or of this account.", e);
        }
    }
}
