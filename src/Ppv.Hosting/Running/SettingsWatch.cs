namespace Ppv.Hosting;

/// <summary>
/// How changes of the files of settings are noticed. To be called before there is a host: .NET reads these variables when it opens them
/// (https://learn.microsoft.com/dotnet/api/microsoft.extensions.fileproviders.physicalfileprovider).
/// </summary>
internal static class SettingsWatch
{
    private const string Polls = "DOTNET_USE_POLLING_FILE_WATCHER", Reloads = "DOTNET_hostBuilder__reloadConfigOnChange";

    /// <summary>
    /// Has files looked at again and again where they can't be watched: where one is a link, whose target is put in place of another one,
    /// or where no watcher can be had.
    /// </summary>
    /// <param name="folder">Where the files are.</param>
    /// <param name="watches">Whether changes matter; not for who only looks once.</param>
    /// <returns>What somebody should look after.</returns>
    public static string? Prepare(string folder, bool watches)
    {
        if (!watches)
        {
            Set(Reloads, "false");
            return null;
        }

        if (Directory.EnumerateFiles(folder, "*.json").Any(file => new FileInfo(file).LinkTarget is not null)) Set(Polls, "1");
        try
        {
            using var watcher = new FileSystemWatcher(folder) { EnableRaisingEvents = true };
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Set(Polls, "1");
            return "warn: Ppv.Hosting[24] Configuration: files of settings are looked at every few seconds, since they can't be watched: "
                + StartProblem.Describe(e);
        }
    }

    private static void Set(string name, string value)
    {
        if (Environment.GetEnvironmentVariable(name) is null) Environment.SetEnvironmentVariable(name, value);
    }
}
