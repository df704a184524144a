using System.Globalization;
using System.Text;
using Ppv.Protocol;
using Spectre.Console;

namespace Ppv.Samples.Cli.Call;

/// <summary>Prints each step of a call: what was sent and when, what came back and when.</summary>
internal sealed class CallPrinter(IAnsiConsole console)
{
    private const string TimeFormat = "yyyy-MM-dd HH:mm:ss.ffffff";
    private const string ElapsedFormat = @"h\:mm\:ss\.ffffff";
    private const int LabelWidth = 15;

    public void PrintRequest(PpvOrder order, GatewayRequest request)
    {
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[bold]{order.Command.Key}={order.Command.Value}[/]");
        Line("request", $"{request.Method} {request.Url} {Encoding.UTF8.GetString(request.Body)}");
        Line("send time", request.SendTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
    }

    public void PrintAnswer(GatewayAnswer answer)
    {
        if (answer.StatusCode != 200)
            Line("http status", answer.StatusCode.ToString(CultureInfo.InvariantCulture));
        Line("answer", answer.Body, answer.IsOk ? "green" : "red");
        Line("response time", answer.ResponseTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
        Line("elapsed", answer.Elapsed.ToString(ElapsedFormat, CultureInfo.InvariantCulture));
        Line("outcome", answer.Outcome);
        Line("reason", answer.Reason);
        Line("order id", answer.OrderId);
        console.WriteLine();
    }

    private void Line(string label, string? value, string color = "default")
    {
        if (value is not null)
            console.MarkupLine($"  [grey]{label.PadRight(LabelWidth)}[/][{color}]{Markup.Escape(Printable(value))}[/]");
    }

    // An answer from anywhere must not move the cursor or colour the terminal.
    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
}
