namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>Tells one start of the machine from the next.</summary>
internal static class MachineBoot
{
    /// <summary>The name that the kernel gives each start; <see langword="null"/> on systems that have none.</summary>
    public static string? Id { get; } = Read();

    private static string? Read()
    {
        try
        {
            var id = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
            return id.Length is > 0 and < 64 && !id.Contains(' ') ? id : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
