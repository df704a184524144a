namespace Ppv.Samples.Cli.Targets;

/// <summary>Where the system is when nobody says it: on this computer, with the ports and files that programs have by default.</summary>
internal static class TargetDefaults
{
    public const string Amqp = "amqp://ppv:ppv@localhost:5672/%2Fppv";

    private const string JournalName = "ppv-orders.db";

    public static readonly Uri Url = new("http://localhost:8070/api/v1/ppv"), Board = new("http://localhost:8071/board");

    /// <summary>
    /// Where a worker on this computer has its journal: beside this tool, in a working copy's build, the service's, in the folder at hand.
    /// </summary>
    public static IReadOnlyList<string> Journals
    {
        get
        {
            var beside = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);
            // samples/Cli/bin/Release/net10.0 is beside samples/Worker/bin/Release/net10.0.
            var inCopy = beside.Contains("/samples/Cli/bin/", StringComparison.Ordinal)
                ? beside.Replace("/samples/Cli/bin/", "/samples/Worker/bin/", StringComparison.Ordinal)
                : beside;
            string[] all =
            [
                Path.Combine(beside, JournalName), Path.Combine(inCopy, JournalName), "/var/lib/ppv-worker/orders.db",
                Path.Combine(Directory.GetCurrentDirectory(), JournalName),
            ];
            return [.. all.Distinct(StringComparer.Ordinal)];
        }
    }

    /// <summary>The first of them that is there.</summary>
    public static string? Journal => Journals.FirstOrDefault(File.Exists);

    /// <summary>The parts that are asked for; of the journal only a file that is there.</summary>
    public static Target Of(TargetParts parts) => new()
    {
        Url = parts.HasFlag(TargetParts.Url) ? Url : null,
        Amqp = parts.HasFlag(TargetParts.Amqp) ? [Amqp] : [],
        Board = parts.HasFlag(TargetParts.Board) ? Board : null,
        Journal = parts.HasFlag(TargetParts.Journal) ? Journal : null,
    };
}
