using System.CommandLine;
using System.Runtime.InteropServices;
using Ppv.Samples.Simulator;

const int CannotRun = 1;
const int BadArguments = 2;

var simulator = new SimulatorCommand();
var root = new RootCommand(SimulatorCommand.Description);
simulator.AddTo(root);
root.SetAction(async (arguments, cancellationToken) =>
{
    try
    {
        await simulator.RunAsync(arguments, Console.Out, TimeProvider.System, cancellationToken);
        return 0;
    }
    catch (SimulatorException problem)
    {
        return Fail(problem.Message, CannotRun);
    }
});

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0) return Fail(parsed.Errors[0].Message, BadArguments);

// Ours, from the first moment on: the command line's own handlers come only after the start line was printed.
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }, stop.Token);

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}

static int Fail(string message, int exitCode)
{
    Console.Error.WriteLine(message);
    return exitCode;
}
