using Ppv.Hosting;
using Ppv.Hosting.Board;
using Ppv.Hosting.Running;
using Ppv.Hosting.Worker.Journal.Sqlite;
using Ppv.Samples.Cli.Running;

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

    /// <summary>The one of them that is there, or may be and can't be seen; <see langword="null"/> where none is.</summary>
    /// <exception cref="CliException">There are several, so that it is unclear which the worker writes.</exception>
    public static string? JournalOf(IEnumerable<string> places) => places.Where(MayBeThere).ToList() switch
    {
        [] => null,
        [var only] => only,
        var several => throw new CliException(
            $"There are {several.Count} journals on this computer: {string.Join(", ", several)}. Say which one with --journal FILE, or a "
            + "context that has it.", ExitCodes.BadArguments),
    };

    /// <summary>The parts that are asked for; of the journal only a file that is there.</summary>
    /// <exception cref="CliException">There are several journals.</exception>
    public static Target Of(TargetParts parts) => new()
    {
        Url = parts.HasFlag(TargetParts.Url) ? Url : null,
        Amqp = parts.HasFlag(TargetParts.Amqp) ? [Amqp] : [],
        Board = parts.HasFlag(TargetParts.Board) ? Board : null,
        Journal = parts.HasFlag(TargetParts.Journal) ? JournalOf(Journals) : null,
    };

    private static bool MayBeThere(string path)
    {
        try
        {
            return JournalFile.IsThere(path);
        }
        catch (Exception e) when (JournalProblem.IsForeseen(e))
        {
            return e is not InvalidDataException; // A folder is none.
        }
    }
}
