using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Ppv.Protocol;
using Ppv.Samples.WizardSimulator;
using Ppv.Testing;

const int CannotRun = 1;
const int BadArguments = 2;

var port = new Option<int>("--port")
{
    Description = "The TCP port to listen on; 0 takes a free one.",
    DefaultValueFactory = _ => 2000,
    CustomParser = result => Number(result, 65_535, "--port takes a number from 0 to 65535."),
    HelpName = "port",
};
var address = new Option<IPAddress>("--address")
{
    Description = "The address to listen on.",
    DefaultValueFactory = _ => IPAddress.Any,
    CustomParser = result =>
        Parsed(
            result, IPAddress.TryParse(result.Tokens[0].Value, out var value), value, "--address takes an IP address, such as 127.0.0.1."),
    HelpName = "address",
};
var lines = new Option<LineRange>("--lines")
{
    Description = "The lines that this Wizard has.",
    DefaultValueFactory = _ => new LineRange(1, 29),
    CustomParser = result =>
        Parsed(result, LineRangeArgument.TryParse(result.Tokens[0].Value, out var value), value,
            "--lines takes first-last, such as 1-29, each from 1 to 999."),
    HelpName = "first-last",
};
var delay = new Option<int>("--delay")
{
    Description = "How long each answer takes, in milliseconds.",
    DefaultValueFactory = _ => 0,
    CustomParser = result => Number(result, 600_000, "--delay takes 0 to 600000 milliseconds."),
    HelpName = "ms",
};
var log = new Option<string?>("--log") { Description = "A file to write the same lines to; it is appended to.", HelpName = "file" };

var root = new RootCommand("A Wizard to test against: it answers on every line, remembers EV and EN, and shows what was "
    + "bought.") { port, address, lines, delay, log };
root.SetAction(async (arguments, cancellationToken) =>
{
    var options = new WizardSimulatorOptions
    {
        Address = arguments.GetRequiredValue(address),
        Port = arguments.GetValue(port),
        Lines = arguments.GetValue(lines),
        Behavior = WizardBehavior.Normal with { Delay = TimeSpan.FromMilliseconds(arguments.GetValue(delay)) },
    };
    try
    {
        await using var file = arguments.GetValue(log) is { } path ? new StreamWriter(path, append: true) { AutoFlush = true } : null;
        await RunAsync(options, new EventLog(Console.Out, file, TimeProvider.System), cancellationToken);
        return 0;
    }
    catch (SocketException exception)
    {
        return Fail($"Port {options.Port} can't be listened on: {exception.Message}.", CannotRun);
    }
    catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
    {
        return Fail($"The log file can't be written: {exception.Message}", CannotRun);
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

static async Task RunAsync(WizardSimulatorOptions options, EventLog log, CancellationToken cancellationToken)
{
    await using var simulator = new WizardSimulator(options) { RequestHandled = log.Write };
    await simulator.StartAsync(cancellationToken);
    log.Write($"Wizard is simulated on port {simulator.Port} with lines {options.Lines}; every answer takes "
        + $"{options.Behavior.Delay.TotalMilliseconds} ms. Ctrl-C stops.");
    var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    await using (cancellationToken.Register(() => stopped.TrySetResult())) await stopped.Task;
    await simulator.StopAsync();
    log.Write($"Stopped. Requests: {simulator.Requests.Count}; purchases: {simulator.Purchases.Count}.");
}

static int Number(ArgumentResult result, int max, string message) =>
    Parsed(result, int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= max,
        value, message);

static T? Parsed<T>(ArgumentResult result, bool isValid, T? value, string message)
{
    if (!isValid) result.AddError(message);
    return value;
}

static int Fail(string message, int exitCode)
{
    Console.Error.WriteLine(message);
    return exitCode;
}
