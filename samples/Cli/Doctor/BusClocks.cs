using Ppv.Rpc.Clocks;
using Ppv.Rpc.Presence;

namespace Ppv.Samples.Cli.Doctor;

/// <summary>The clocks of all who are on the bus, against this machine's: deadlines travel as points in time. Pure.</summary>
internal static class BusClocks
{
    private const string Step = "clocks";

    /// <summary>As much as clocks may differ before a word is worth it.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <param name="reports">Who has answered.</param>
    /// <param name="asked">When they were asked, by this machine's clock.</param>
    /// <param name="answered">When the last answer was there.</param>
    public static IEnumerable<DoctorFinding> Of(IReadOnlyList<PresenceReport> reports, DateTimeOffset asked, DateTimeOffset answered)
    {
        if (reports.Count == 0)
        {
            yield return DoctorFinding.Skipped(Step, "Nobody on the bus has said what time it is.");
            yield break;
        }

        var wrong = 0;
        foreach (var report in reports)
        {
            // A report was made between the question and the last answer.
            var (behind, ahead) = (asked - report.At, report.At - answered);
            if (behind <= Limit && ahead <= Limit) continue;
            wrong++;
            yield return DoctorFinding.Warning(Step,
                $"The clock of the {report.Role} on {report.Machine ?? "?"} is about "
                    + (behind > Limit ? $"{Spans.About(behind)} behind" : $"{Spans.About(ahead)} ahead of")
                    + " this machine's. Orders are given up too early or started too late where gateway and worker differ: "
                    + "keep the clocks by NTP.");
        }

        if (wrong == 0)
            yield return DoctorFinding.Ok(Step, FormattableString.Invariant(
                $"The clocks of {reports.Count} programs on the bus and this machine's are less than {Limit.TotalSeconds:0} s apart."));
    }
}
