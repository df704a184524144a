using System.Text;
using Ppv.Fuzz.Engine;
using Ppv.Hosting;
using Ppv.Hosting.Board.State;
using Ppv.Hosting.Board.Views;
using Ppv.Hosting.Figures;
using Ppv.Protocol.Text;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Presence;

namespace Ppv.Fuzz.Targets;

/// <summary>What somebody on the bus says of itself, and what the board makes of it.</summary>
internal static class PresenceTarget
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static FuzzTarget Open(Watch watch) => FuzzTarget.Of(
        "presence",
        [
            "\"instance\":", "\"role\":", "\"machine\":", "\"processId\":", "\"version\":", "\"startedAt\":", "\"at\":", "\"queues\":",
            "\"hosts\":", "\"place\":", "\"isReady\":", "\"description\":", "\"worker\":{\"firstLine\":1}", "\"figures\":", "\"from\":",
            "\"stepSeconds\":", "\"hops\":{\"", "[[1,0,2,3]]", "\"b2b5a1c0-0000-0000-0000-000000000001\"", "[\"prod.ppv.kfs\"]",
        ],
        Run);

    private static void Run(byte[] input, Watch watch)
    {
        var member = new PresenceMember(
            new PresenceSource("fuzz"), [], PlainLogger.To(watch.CreateLogger("Ppv.Rpc.Presence")), TimeProvider.System);
        member.Take(new BrokerMessage { Body = input, CorrelationId = Encoding.Latin1.GetString(input) });
        if (PresenceMessages.Read(input) is not { } report) return;
        watch.Saw($"report {report.Worker is not null} {report.Queues.Count > 0} {report.Figures is not null}");
        Watch.Ensure(report.Queues.All(queue => queue is not null) && report.Hosts.All(host => host is not null),
            "A report's queues and hosts have names.");
        var bytes = PresenceMessages.ToBytes(report with { Figures = null }); // A stranger's, and not sent on.
        Watch.Ensure(PresenceMessages.Read(bytes) is { } again && PresenceMessages.ToBytes(again).AsSpan().SequenceEqual(bytes),
            "A report is read the same again.");
        var answers = new PresenceAnswers(null);
        answers.Add(report, bytes.Length);
        Watch.Ensure(answers.Reports.Count == 1, "A report is one.");
        Show(report, watch);
    }

    private static void Show(PresenceReport report, Watch watch)
    {
        var clock = new TestClock(Noon);
        var table = new MemberTable();
        table.Heard(
            [
                new BoardMember(
                    report.Instance.ToString("N"), report.Role, report.Machine ?? "", report.ProcessId, report.Version ?? "",
                    report.StartedAt, report.Queues, report.Place, IsAlive: true, Noon, false, report.Description ?? ""),
            ],
            new HashSet<string>(), Noon);
        Watch.Ensure(table.Read(Noon).Count == 1, "Who has answered is shown.");
        if (report.Figures is not { } figures || FiguresReport.Read(figures) is not { } told) return;
        watch.Saw("figures");
        new FarFigures(clock).Take(told);
    }
}
