namespace Ppv.Hosting;

/// <summary>Whether a program could make a file, found out without leaving one: it would belong to whoever looks.</summary>
internal static class WritableFolder
{
    /// <summary>
    /// Looks at the folder of a file, or at the nearest one above that is there: programs make the folders that are missing.
    /// </summary>
    /// <exception cref="IOException">No file can be made there.</exception>
    /// <exception cref="UnauthorizedAccessException">This account may make none.</exception>
    public static void LookAt(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } above) folder = above;
        var probe = Path.Combine(folder, $".ppv-check-{Guid.NewGuid():N}");
        using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
        {
            // It goes when it is closed.
        }
    }
}
