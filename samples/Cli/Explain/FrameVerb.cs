using System.CommandLine;
using System.Globalization;
using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Running;
using Spectre.Console;

namespace Ppv.Samples.Cli.Explain;

/// <summary><c>ppv frame</c>: what each byte of a request to Wizard, or of its answer, means, and what is wrong where.</summary>
internal static class FrameVerb
{
    public static Command Create(CliEnvironment environment)
    {
        var text = new Argument<string>("frame")
        {
            Description = "The frame in single quotes; \\r, \\n, \\t, \\\\ and \\x0D stand for bytes that can't be typed.",
        };
        var hex =
            new Option<bool>("--hex") { Description = "The frame is given as hexadecimal bytes, with spaces between them or without." };
        var json = CommonOptions.Json();
        var verb = new Verb(
            "frame", "Explains a request to Wizard, or its answer, byte by byte, and says what is wrong where.",
            @"ppv frame 'A016EV262193              \r'", @"ppv frame 'H016OK\r'", "ppv frame --hex '41 30 31 36 55 50 0D'")
        {
            text, hex, json,
        };
        verb.SetAction(parsed =>
        {
            var given = parsed.GetRequiredValue(text);
            var explanation = FrameReader.Explain(parsed.GetValue(hex) ? FrameText.FromHex(given) : FrameText.FromEscapes(given));
            if (parsed.GetValue(json)) CliJson.Write(environment, explanation);
            else Write(environment, explanation);
            return explanation.Problems.Count == 0 ? ExitCodes.Ok : ExitCodes.NotOk;
        });
        return verb;
    }

    private static void Write(CliEnvironment environment, FrameExplanation explanation)
    {
        environment.Console.WriteLine(Printable.Text(explanation.Summary));
        var table = new TextTable("at", "hex", "text", "meaning");
        foreach (var part in explanation.Parts)
            table.Add(part.Place, part.Hex, part.Text, part.Meaning);
        table.Write(environment);
        foreach (var problem in explanation.Problems)
            environment.Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"wrong at byte {problem.Offset}: {Printable.Text(problem.Text)}"));
        if (explanation.Problems.Count == 0) environment.Console.WriteLine("Nothing is wrong with it.");
    }
}
