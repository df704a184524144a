using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Ppv.Protocol;
using Ppv.Testing;

namespace Ppv.Samples.Simulator;

/// <summary>
/// A Wizard to test against, as a command: its options, and what it does. <c>ppv wizard</c> and the program alone are both this.
/// </summary>
internal sealed class SimulatorCommand
{
    public const string Description =
        "A Wizard to test against: it answers on every line, remembers EV and EN, and shows what was bought.";

    private readonly Option<int> _port = new("--port")
    {
        Description = "The TCP port to listen on; 0 takes a free one.",
        DefaultValueFactory = _ => 2000,
        CustomParser = result => Number(result, 65_535, "--port takes a number from 0 to 65535."),
        HelpName = "port",
    };

    private readonly Option<IPAddress> _address = new("--address")
    {
        Description = "The address to listen on.",
        DefaultValueFactory = _ => IPAddress.Any,
        CustomParser = result => Parsed(
            result, IPAddress.TryParse(result.Tokens[0].Value, out var value), value, "--address takes an IP address, such as 127.0.0.1."),
        HelpName = "address",
    };

    private readonly Option<LineRange> _lines = new("--lines")
    {
        Description = "The lines that this Wizard has.",
        DefaultValueFactory = _ => new LineRange(1, 29),
        CustomParser = result =>
            Parsed(result, LineRangeArgument.TryParse(result.Tokens[0].Value, out var value), value, LineRangeArgument.Sentence),
        HelpName = "first-last",
    };

    private readonly Option<int> _delay = new("--delay")
    {
        Description = "How long each answer takes, in milliseconds.",
        DefaultValueFactory = _ => 0,
        CustomParser = result => Number(result, 600_000, "--delay takes 0 to 600000 milliseconds."),
        HelpName = "ms",
    };

    private readonly Option<string?> _log = new("--log")
    {
        Description = "A file to write the same lines to; it is appended to.", HelpName = "file",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _port, _address, _lines, _delay, _log }) command.Add(option);
    }

    /// <summary>Simulates Wizard until it is told to stop.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="output">Where each request and purchase is written to.</param>
    /// <param name="time">The clock of what is written.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="SimulatorException">It can't listen there, or can't write its file.</exception>
    public async Task RunAsync(ParseResult parsed, TextWriter output, TimeProvider time, CancellationToken cancellationToken)
    {
        var options = new WizardSimulatorOptions
        {
            Address = parsed.GetRequiredValue(_address),
            Port = parsed.GetValue(_port),
            Lines = parsed.GetValue(_lines),
            Behavior = WizardBehavior.Normal with { Delay = TimeSpan.FromMilliseconds(parsed.GetValue(_delay)) },
        };
        try
        {
            await using var file = parsed.GetValue(_log) is { } path ? new StreamWriter(path, append: true) { AutoFlush = true } : null;
            await RunAsync(options, new SimulatorLog(output, file, time), cancellationToken);
        }
        catch (SocketException exception)
        {
            throw new SimulatorException(
                $"Port {options.Port} can't be listened on: {exception.Message}. Choose another one with --port.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SimulatorException($"The log file can't be written: {exception.Message}", exception);
        }
    }

    private static async Task RunAsync(WizardSimulatorOptions options, SimulatorLog log, CancellationToken cancellationToken)
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

    private static int Number(ArgumentResult result, int max, string message) =>
        Parsed(result, int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= max,
            value, message);

    private static T? Parsed<T>(ArgumentResult result, bool isValid, T? value, string message)
    {
        if (!isValid) result.AddError(message);
        return value;
    }
}

/// <summary>The simulator can't run; the message is for a person.</summary>
internal sealed class SimulatorException(string message, Exception innerException) : Exception(message, innerException);
