using System.CommandLine;
using Ppv.Samples.Cli.Running;
using Ppv.Samples.Simulator;

namespace Ppv.Samples.Cli.Wizard;

/// <summary><c>ppv wizard</c>: a Wizard to test against. To stop it is how it ends, so Ctrl-C is no failure here.</summary>
internal static class WizardVerb
{
    public static Command Create(CliEnvironment environment)
    {
        var simulator = new SimulatorCommand();
        var verb = new Verb("wizard", SimulatorCommand.Description, "ppv wizard --address 127.0.0.1 --port 2000",
            "ppv wizard --port 2000 --lines 1-9 --delay 250 --log wizard.log");
        simulator.AddTo(verb);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            await Task.Yield(); // Signals are listened to from the first wait on, and the first line says that it can be stopped.
            try
            {
                await simulator.RunAsync(parsed, TextWriter.Synchronized(environment.Output), environment.Time, cancellationToken);
                return ExitCodes.Ok;
            }
            catch (SimulatorException problem)
            {
                throw new CliException(problem.Message, ExitCodes.BadArguments, problem);
            }
        });
        return verb;
    }
}
