using System.Globalization;
using Ppv.Protocol;

namespace Ppv.Samples.Cli.Bench;

/// <summary>The load that was asked for.</summary>
internal sealed record BenchPlan
{
    /// <summary>Calls a second, whatever becomes of them (open model); <see langword="null"/> for a number of callers.</summary>
    public double? Rate { get; init; }

    /// <summary>Callers, each of whom waits for an answer before the next order (closed model).</summary>
    public int Concurrency { get; init; } = 1;

    /// <summary>No call starts later than this.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>No more calls than these.</summary>
    public long? Count { get; init; }

    /// <summary>How long rate or callers grow from nothing.</summary>
    public TimeSpan Ramp { get; init; }

    /// <summary>How many lines its calls may have at a time; <see langword="null"/> for all there are.</summary>
    public int? MaxLines { get; init; }

    /// <summary>The commands of a call.</summary>
    public required IReadOnlyList<PpvCommandKind> Steps { get; init; }

    public bool Buys => Steps.Contains(PpvCommandKind.Confirm);

    /// <summary>The load in words, such as <c>20 calls/s (EV, EN, UP) for 10 s</c>.</summary>
    public string Description
    {
        get
        {
            var load = Rate is { } rate ? string.Create(CultureInfo.InvariantCulture, $"{rate:0.###} calls/s")
                : Concurrency == 1 ? "1 caller" : $"{Concurrency} callers";
            var until = Count is { } count ? $"until {count} calls" : $"for {Amounts.Show(Duration)}";
            var ramp = Ramp > TimeSpan.Zero ? $", growing over {Amounts.Show(Ramp)}" : "";
            return $"{load} ({string.Join(", ", Steps.Select(NameOf))}) {until}{ramp}";
        }
    }

    public static string NameOf(PpvCommandKind kind) => kind switch
    {
        PpvCommandKind.Event => "EV",
        PpvCommandKind.Subscriber => "EN",
        _ => "UP",
    };
}
