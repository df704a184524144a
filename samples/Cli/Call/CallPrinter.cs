using System.Globalization;
using Ppv.Protocol;
using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Routes;
using Spectre.Console;

namespace Ppv.Samples.Cli.Call;

/// <summary>Prints each step of a call: what was sent and when, what came back and when, and where the time went.</summary>
internal sealed class CallPrinter(IAnsiConsole console)
{
    private const string TimeFormat = "yyyy-MM-dd HH:mm:ss.ffffff";
    private const string ElapsedFormat = @"h\:mm\:ss\.ffffff";
    private const int LabelWidth = 15;
    private const int BarWidth = 40;

    public void PrintConnection(string to, IReadOnlyList<Hop> hops)
    {
        Heading("connection");
        Line("to", to);
        PrintHops(hops);
        console.WriteLine();
    }

    public void PrintRequest(PpvOrder order, string request)
    {
        Heading($"{order.Command.Key}={order.Command.Value}");
        Line("request", request);
    }

    public void PrintAnswer(RouteAnswer answer)
    {
        Line("send time", answer.SendTime?.ToString(TimeFormat, CultureInfo.InvariantCulture));
        if (answer.Status is not (null or 200)) Line("http status", answer.Status.Value.ToString(CultureInfo.InvariantCulture));
        Line("answer", answer.Text, answer.IsOk ? "green" : "red");
        Line("response time", answer.Text is null ? null : answer.ResponseTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
        Line("elapsed", answer.Elapsed?.ToString(ElapsedFormat, CultureInfo.InvariantCulture));
        PrintHops(answer.Hops);
        Line("outcome", answer.Outcome);
        Line("reason", answer.Reason);
        Line("order id", answer.OrderId);
        console.WriteLine();
    }

    private void PrintHops(IReadOnlyList<Hop> hops)
    {
        if (hops.Count == 0) return;
        var (start, end) = (hops.Min(hop => hop.Start), hops.Max(hop => hop.End));
        foreach (var hop in hops)
        {
            var time = string.Create(CultureInfo.InvariantCulture, $"{hop.Duration.TotalMilliseconds,10:0.000} ms");
            var bar = end == start
                ? Bars.Between(0, 0, BarWidth) : Bars.Between((hop.Start - start) / (end - start), hop.Duration / (end - start), BarWidth);
            Line($"  {hop.Name}", $"{time}  {bar}");
        }
    }

    private void Heading(string text) => console.MarkupLine($"[bold]{Printable.InMarkup(text)}[/]");

    private void Line(string label, string? value, string color = "default")
    {
        if (value is not null)
            console.MarkupLine($"  [grey]{label.PadRight(LabelWidth)}[/][{color}]{Printable.InMarkup(value)}[/]");
    }
}
