using System.Globalization;
using Ppv.Hosting.Configuration;
using Ppv.Protocol;

namespace Ppv.Hosting.LegacyCfg;

/// <summary>
/// The old worker adds 1 to the formula's remainder whatever <c>start_port_number</c> says (contract §3), so that with another start than 1
/// its lines are not those that the file names.
/// </summary>
internal static class LegacyLines
{
    private const string FirstLine = "Ppv:Server:FirstLine";

    /// <summary>Lets <see cref="LineAllocation.Modulo"/> use the old worker's lines, and warns of the difference in either case.</summary>
    /// <param name="server">The options as they are used; what was set in another place than the old file stays.</param>
    /// <param name="settings">What the old file set.</param>
    /// <param name="notes">Takes the warning.</param>
    public static void Apply(WorkerOptions server, IReadOnlyDictionary<string, string?> settings, StartupFindings notes)
    {
        if (settings.GetValueOrDefault(FirstLine) is not { } text) return;
        var start = int.Parse(text, CultureInfo.InvariantCulture);
        if (start == LineNumber.Min || server.FirstLine != start || server.LastLine < start) return;
        var (end, count) = (server.LastLine, server.LastLine - start + 1);
        if (server.LineAllocation == LineAllocation.Modulo)
        {
            (server.FirstLine, server.LastLine) = (LineNumber.Min, count);
            notes.AddWarning($"[WizardServer] start_port_number is {start}, but the old worker counts from line 1 whatever stands there. "
                + $"So that both choose the same line, lines {LineNumber.Min} to {count} are used and not {start} to {end}, "
                + $"as long as Ppv:Server:LineAllocation is {server.LineAllocation}.");
        }
        else
        {
            notes.AddWarning($"[WizardServer] start_port_number is {start}: lines {start} to {end} are used, while the old worker used "
                + $"{LineNumber.Min} to {count}, since it counts from line 1 whatever stands there. "
                + $"If Wizard serves those, set Ppv:Server:FirstLine to {LineNumber.Min} and Ppv:Server:LastLine to {count}.");
        }
    }
}
