using Ppv.Hosting;
using Ppv.Hosting.Board;
using Ppv.Hosting.Board.State;
using Ppv.Hosting.Figures;
using Ppv.Hosting.Preflight;

namespace Ppv.Board.Tests.Support;

/// <summary>
/// States of a site, as its board would show them: all is well, some things are not, and nothing goes. Each time they are asked for, their
/// times are counted back from that moment.
/// </summary>
internal static class States
{
    private const int Steps = 60;
    private const int LineCount = 29;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public static BoardState Ok => new(
        new("Worker", "ppv-worker-1", "0.1.0", Ago(hours: 76)),
        Now,
        new(BoardLevel.Ok, Ago(hours: 3), []),
        [
            Hop("gateway", "Takes orders over HTTP; 2 gateways answer.", 21, 46, 0.25),
            Hop("broker", "Orders wait in the queue until the worker takes them.", 21, 1.6, 0.4),
            Hop("worker", "Takes orders from the queue and answers them.", 21, 41, 0.25),
            Hop("wizard", "Answers on its lines.", 21, 38, 0.25),
        ],
        [.. Enumerable.Range(1, LineCount).Select(LineOf)],
        [
            new("worker", true, "The connection to kfs-gax is in use.",
                [new("kfs-gax", "Ready", true, Ago(hours: 31), null), new("bs-gax", "Unknown", false, Ago(hours: 31), null)],
                0, null, null, [new("ppv_rpc_queue", 0, 2)]),
        ],
        [Worker(1, "leader"), Worker(2, "standby"), Gateway(1), Gateway(2)],
        Codes(1_180, 14_220, 211_904),
        new(0, []),
        []);

    public static BoardState Degraded
    {
        get
        {
            var ok = Ok;
            var dead = Gateway(2) with
            {
                IsAlive = false, LastSeenAt = Ago(minutes: 2), Description = "It has not answered for 2 minutes and did not say goodbye.",
            };
            return ok with
            {
                Verdict = new(BoardLevel.Degraded, Ago(minutes: 4),
                [
                    "kfs-gax is not in use, bs-gax is.",
                    "2 confirms have an unknown outcome and wait for somebody to settle them.",
                    "The gateway on ppv-gateway-2 does not answer any more.",
                ]),
                Path =
                [
                    ok.Path[0] with { Level = BoardLevel.Degraded, Description = "Takes orders over HTTP; 1 of 2 gateways answers." },
                    ok.Path[1] with { Level = BoardLevel.Degraded, Description = "The backup is in use." },
                    ok.Path[2],
                    Hop("wizard", "Answers on its lines; 2 orders were not answered.", 21, 95, 0.5, faults: true) with
                    {
                        Level = BoardLevel.Degraded,
                    },
                ],
                Lines = [.. ok.Lines.Select(line => line.Number is 11 or 17 ? Resting(line) : line)],
                Brokers =
                [
                    ok.Brokers[0] with
                    {
                        Description = "kfs-gax is not in use, bs-gax is.", Failovers = 1, LastFailoverAt = Ago(minutes: 4),
                        FailbackInSeconds = 41,
                        Hosts =
                        [
                            new("kfs-gax", "Down", false, Ago(minutes: 4), "Connection refused."),
                            new("bs-gax", "Ready", true, Ago(minutes: 4), null),
                        ],
                        Queues = [new("ppv_rpc_queue", 3, 2)],
                    },
                ],
                Members = [Worker(1, "leader"), Worker(2, "standby"), Gateway(1), dead],
                Unknowns = new(2,
                [
                    Unknown("5f0c9d3e-7d0b-4a65-9f3e-0b8f1f0a2c11", "00f2026c1a3e9b21", 11),
                    Unknown("ab12f7c0-3b7e-4c59-8a6d-92d2f4f0c7e4", "00f2026c1a3e9d77", 17),
                ]),
                Warnings =
                [
                    Warning(3, "warning", 1002, "The connection to kfs-gax was lost: Connection reset by peer. bs-gax is tried next."),
                    Warning(4, "error", 104,
                        "The outcome of order 5f0c9d3e-7d0b-4a65-9f3e-0b8f1f0a2c11 is unknown: Wizard did not answer within 5 s."),
                ],
            };
        }
    }

    public static BoardState Down
    {
        get
        {
            var degraded = Degraded;
            return degraded with
            {
                Verdict = new(BoardLevel.Down, Ago(seconds: 48),
                [
                    "No host of RabbitMQ can be reached: orders don't pass.",
                    "2 confirms have an unknown outcome and wait for somebody to settle them.",
                ]),
                Path = [.. degraded.Path.Select(Stopped)],
                Lines = [.. degraded.Lines.Select(line => new BoardLine(
                    line.Number, BoardLineState.Free, Ago(seconds: 48), null, 0, line.LastCode, line.LastAt, false, false, false))],
                Brokers =
                [
                    degraded.Brokers[0] with
                    {
                        IsReady = false, Description = "No host of RabbitMQ can be reached; kfs-gax is tried again in 2 s.",
                        FailbackInSeconds = null,
                        Hosts =
                        [
                            new("kfs-gax", "Down", false, Ago(minutes: 4), "Connection refused."),
                            new("bs-gax", "Down", false, Ago(seconds: 48), "No route to host."),
                        ],
                        Queues = [new("ppv_rpc_queue", null, null)],
                    },
                ],
                Warnings =
                [
                    Warning(1, "critical", 1005,
                        "No host of RabbitMQ can be reached: kfs-gax (Connection refused), bs-gax (No route to host)."),
                    .. degraded.Warnings,
                ],
            };
        }
    }

    /// <summary>The board of a gateway: it has no lines and no journal.</summary>
    public static BoardState OfGateway => Ok with
    {
        Program = new("Gateway", "ppv-gateway-1", "0.1.0", Ago(hours: 5)),
        Path = [.. Ok.Path.Select((hop, index) => index < 2 ? hop : Stopped(hop) with { IsKnown = false, Level = BoardLevel.Ok })],
        Lines = [], Unknowns = new(null, []), Brokers = [Ok.Brokers[0] with { Owner = "gateway" }],
    };

    /// <summary>What strangers may bring about: long names, markup, other directions of writing.</summary>
    public static BoardState Nasty
    {
        get
        {
            const string Markup = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>";
            var longName = new string('x', 300);
            var degraded = Degraded;
            return degraded with
            {
                Program = degraded.Program with { Machine = Markup },
                Verdict = degraded.Verdict with { Reasons = [Markup, longName, "\u202Etxet desrever"] },
                Lines =
                [
                    .. degraded.Lines.Select(line => line with { LastCode = Markup, Call = longName, Waiting = 12_345 }),
                ],
                Members = [.. degraded.Members.Select(member => member with { Machine = longName, Description = Markup })],
                Brokers =
                [
                    degraded.Brokers[0] with
                    {
                        Hosts = [new(longName, "Down", false, Ago(minutes: 4), Markup)], Queues = [new(longName, 9_999_999_999, 10_000)],
                    },
                ],
                Codes = [.. degraded.Codes.Select(window => window with { Counts = [new(longName, 99_999_999), new(Markup, 3)] })],
                Unknowns = new(50_000, [new(longName, longName, 29, Ago(hours: 400), Markup)]),
                Warnings = [Warning(1, "warning", 999_999, Markup), Warning(1, "error", 1, longName)],
            };
        }
    }

    public static BoardExchange Exchange(string command, string? code, string outcome = "Completed", int secondsAgo = 3) =>
        new(Ago(seconds: secondsAgo), "00f2026c1a3e9b21", "5f0c9d3e-7d0b-4a65-9f3e-0b8f1f0a2c11", command, outcome, code, 38.4);

    public static BoardLine Resting(BoardLine line) =>
        new(line.Number, BoardLineState.Resting, Ago(seconds: 24), null, 0, "ER444", Ago(seconds: 24), true, true, false);

    private static BoardLine LineOf(int number) => (number % 7) switch
    {
        1 => new(number, BoardLineState.Leased, Ago(seconds: 4 + number), Call(number), 0, "OK", Ago(seconds: 2), true, false, false),
        3 => new(
            number, BoardLineState.Busy, Ago(seconds: 1), Call(number), 0, "OK", Ago(seconds: 1), true, true, false, Ago(minutes: 7)),
        5 when number == 12 =>
            new(number, BoardLineState.Waiting, Ago(seconds: 2), Call(number), 2, "OK", Ago(seconds: 2), true, false, false),
        _ when number > 24 => new(number, BoardLineState.Free, null, null, 0, null, null, false, false, false),
        _ => new(number, BoardLineState.Free, Ago(seconds: number * 9), null, 0, number == 9 ? "ER304" : "OK", Ago(seconds: number * 9),
            false, false, false),
    };

    private static string Call(int number) => $"00f2026c1a3e{number * 977:x4}";

    private static BoardHop Hop(string name, string description, double rate, double time, double spread, bool faults = false)
    {
        var perSecond = Enumerable.Range(0, Steps).Select(
            step => Math.Round(rate * (1 + (0.3 * Wave(step)) + (0.1 * Wave(step * 5))), 1)).ToList();
        var p50 = Enumerable.Range(0, Steps).Select(step => (double?)Math.Round(time * (1 + (spread * 0.3 * Wave(step * 3))), 1)).ToList();
        var p99 = p50.Select((value, step) => (double?)Math.Round(value!.Value * (2 + (spread * Wave(step * 11))), 1)).ToList();
        var errors = Enumerable.Range(0, Steps).Select(step => faults && step is 41 or 43 ? 1L : 0L).ToList();
        var sum = errors.Sum();
        return new(
            name, BoardLevel.Ok, description, true, new(perSecond[^1], p50[^1], p99[^1], sum, sum / (60 * rate)),
            new(5, perSecond, p50, p99, errors));
    }

    private static double Wave(int step) => Math.Sin(step / 9.0);

    private static BoardHop Stopped(BoardHop hop)
    {
        List<double?> Cut(IReadOnlyList<double?> values) => [.. values.Take(Steps - 10), .. Enumerable.Repeat((double?)null, 10)];
        return hop with
        {
            Level = BoardLevel.Down, Description = "No orders pass.", Latest = new(0, null, null, 0, 0),
            Series = hop.Series with
            {
                PerSecond = [.. hop.Series.PerSecond.Take(Steps - 10), .. Enumerable.Repeat(0.0, 10)],
                P50Milliseconds = Cut(hop.Series.P50Milliseconds), P99Milliseconds = Cut(hop.Series.P99Milliseconds),
            },
        };
    }

    private static BoardMember Worker(int number, string place) => new(
        $"worker-{number}", "worker", $"ppv-worker-{number}", 4700 + number, "0.1.0", Ago(hours: 76), ["ppv_rpc_queue"], place, true, Now,
        number == 1, place == "leader" ? "It works on the queue." : "It stands by.");

    private static BoardMember Gateway(int number) => new(
        $"gateway-{number}", "gateway", $"ppv-gateway-{number}", 1200 + number, "0.1.0", Ago(hours: 51), ["ppv_rpc_queue"], null, true, Now,
        false, "It takes orders.");

    private static List<BoardCodes> Codes(params long[] totals) =>
    [
        .. new[] { "5 min", "1 h", "24 h" }.Select((window, index) => new BoardCodes(window, totals[index],
        [
            new("OK", totals[index] * 94 / 100), new("ER304", totals[index] * 4 / 100), new("ER444", totals[index] / 100),
            new("_OTHER", totals[index] / 100),
        ])),
    ];

    private static BoardUnknown Unknown(string order, string call, int line) =>
        new(order, call, line, Ago(minutes: 3), "Wizard did not answer within 5 s after the confirm was sent.");

    private static BoardWarning Warning(int minutesAgo, string level, int id, string message) =>
        new(Ago(minutes: minutesAgo), level, id, message);

    private static DateTimeOffset Ago(int hours = 0, int minutes = 0, int seconds = 0) => Now - new TimeSpan(hours, minutes, seconds);
}
