using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Ppv.Samples.Cli.Running;

/// <summary>The usual help, and below it the verb's examples and where more is written.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var result = help.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command is Verb { Examples.Count: > 0 } verb)
        {
            output.WriteLine("Examples:");
            foreach (var example in verb.Examples) output.WriteLine($"  {example}");
            output.WriteLine();
        }

        return result;
    }
}
