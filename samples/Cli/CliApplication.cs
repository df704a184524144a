using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Ppv.Samples.Cli.Bench;
using Ppv.Samples.Cli.Call;
using Ppv.Samples.Cli.Cfg;
using Ppv.Samples.Cli.Check;
using Ppv.Samples.Cli.Completion;
using Ppv.Samples.Cli.Contexts;
using Ppv.Samples.Cli.Doctor;
using Ppv.Samples.Cli.Explain;
using Ppv.Samples.Cli.Journal;
using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Running;
using Ppv.Samples.Cli.Trace;
using Ppv.Samples.Cli.Watch;
using Ppv.Samples.Cli.Wizard;
using Ppv.Samples.Cli.Workers;

namespace Ppv.Samples.Cli;

/// <summary>The tool <c>ppv</c>: reads the command line and runs the verb.</summary>
internal static class CliApplication
{
    /// <summary>How long a verb may take after Ctrl-C to print what it has.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(10);

    /// <summary>Runs one command line.</summary>
    /// <returns>The exit code: see <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] args, CliEnvironment environment)
    {
        environment = environment with { Error = new PlainWriter(environment.Error) };
        using var watch = new OutputWatch(environment.IsOutputGone, environment.Time);
        try
        {
            var exitCode = await RunAsync(args, environment, watch.Gone);
            return watch.Gone.IsCancellationRequested ? ExitCodes.OutputGone : exitCode;
        }
        catch (Exception problem) when (OutputGone(problem) is { } gone)
        {
            // Who has ended needs no explanation; a disk that is full is somebody's.
            if (gone.Reason is { } reason) Complain(environment, $"What is printed can't be written: {reason}.");
            return ExitCodes.OutputGone;
        }
    }

    private static async Task<int> RunAsync(string[] args, CliEnvironment environment, CancellationToken outputGone)
    {
        var parsed = CreateRoot(environment).Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var problem in parsed.Errors) await environment.Error.WriteLineAsync(problem.Message);
            await environment.Error.WriteLineAsync($"Run '{NameOf(parsed.CommandResult.Command)} --help' for what can be given.");
            return parsed.CommandResult.Command is Verb verb ? verb.BadArguments : ExitCodes.BadArguments;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = environment.Output,
                Error = environment.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = LastWords,
            }, outputGone);
        }
        catch (CliException problem)
        {
            await environment.Error.WriteLineAsync(problem.Message);
            return problem.ExitCode;
        }
        catch (OperationCanceledException) when (outputGone.IsCancellationRequested)
        {
            return ExitCodes.OutputGone;
        }
        catch (OperationCanceledException)
        {
            await environment.Error.WriteLineAsync("Interrupted.");
            return ExitCodes.Interrupted;
        }
    }

    /// <summary>A verb that prints from several places may wrap it.</summary>
    private static OutputGoneException? OutputGone(Exception? problem) => problem switch
    {
        null => null,
        OutputGoneException gone => gone,
        AggregateException several => several.InnerExceptions.Select(OutputGone).FirstOrDefault(gone => gone is not null),
        _ => OutputGone(problem.InnerException),
    };

    private static void Complain(CliEnvironment environment, string sentence)
    {
        try
        {
            environment.Error.WriteLine(sentence);
        }
        catch (OutputGoneException)
        {
            // Nor are complaints.
        }
    }

    /// <summary>All verbs, in the order in which the help lists them.</summary>
    public static RootCommand CreateRoot(CliEnvironment environment)
    {
        var root = new RootCommand("Try, load, explain and watch pay-per-view orders: gateway, queue, worker and Wizard.")
        {
            CallVerb.Create(environment),
            BenchVerb.Create(environment),
            WatchVerb.Create(environment),
            WizardVerb.Create(environment),
            WorkersVerb.Create(environment),
            LineVerb.Create(environment),
            FrameVerb.Create(environment),
            CfgVerb.Create(environment),
            JournalVerb.Create(environment),
            TraceVerb.Create(environment),
            CheckVerb.Create(environment),
            DoctorVerb.Create(environment),
            ContextVerb.Create(environment),
            CompletionVerb.Create(environment),
        };
        foreach (var option in root.Options.OfType<HelpOption>()) option.Action = new HelpWithExamples((HelpAction)option.Action!);
        return root;
    }

    private static string NameOf(Command command) =>
        command is RootCommand ? "ppv" : $"{NameOf(command.Parents.OfType<Command>().First())} {command.Name}";
}
