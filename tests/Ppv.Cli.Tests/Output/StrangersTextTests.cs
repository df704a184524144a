using System.Globalization;
using System.Text.Json;
using Ppv.Rpc.Presence;
using Ppv.Samples.Cli;
using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Running;
using Ppv.Samples.Cli.Workers;

namespace Ppv.Cli.Tests;

/// <summary>Whatever strangers on the bus call themselves, a terminal shows it on one line, and in its order.</summary>
public sealed class StrangersTextTests : IDisposable
{
    private const string Evil = "x\u001b[2J\u009b1A\u202egnp\u2066\r\nRabbitMQ is fine\u2028[red]";

    private readonly StringWriter _output = new(), _error = new();

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Members_of_the_bus_move_no_cursor(bool isTerminal)
    {
        var view = BusView.Of([Member(Evil)], null, withClients: true, []);
        new WorkersPrinter(Environment with { IsTerminal = isTerminal }).Print(view, "kfs-gax");

        ShouldBePlain(_output.ToString());
        _output.ToString().ReplaceLineEndings("\n").Split('\n').ShouldNotContain(
            line => line.StartsWith("RabbitMQ is fine", StringComparison.Ordinal));
    }

    [Fact]
    public void Nor_do_they_in_JSON_which_says_the_same()
    {
        CliJson.Write(Environment, Member(Evil));
        ShouldBePlain(_output.ToString());
        JsonDocument.Parse(_output.ToString()).RootElement.GetProperty("machine").GetString().ShouldBe(Evil);
    }

    [Fact]
    public async Task Complaints_that_quote_somebody_do_not_either()
    {
        await CliApplication.RunAsync(["workers", "--amqp", "http://a\u001b[2J\u202e"], Environment);
        _error.ToString().ShouldContain("--amqp");
        ShouldBePlain(_error.ToString());
    }

    [Fact]
    public void Queues_without_end_are_not_listed_and_that_is_said()
    {
        var view = BusView.Of(
            [.. Enumerable.Range(0, 5).Select(member => Member("m") with
            {
                Queues = [.. Enumerable.Range(0, 64).Select(queue => $"q-{member}-{queue}")],
            })],
            null, withClients: false, []);
        view.Queues.Count.ShouldBe(200);
        view.Problems.ShouldBe(["120 more queues were named than the 200 that are listed. Ask for yours with --queue."]);
    }

    private CliEnvironment Environment => new()
    {
        Console = CliConsole.Create(_output, redirected: true),
        Error = _error,
        Input = TextReader.Null,
        Time = TimeProvider.System,
        Variable = name => name == "XDG_CONFIG_HOME" ? Path.Combine(AppContext.BaseDirectory, "no-contexts") : null,
    };

    private static PresenceReport Member(string text) => new()
    {
        Instance = Guid.NewGuid(), Role = text, Machine = text, Version = text, Queues = [text], Hosts = [text], Place = text,
        Description = text, Configuration = text, Worker = new WorkerDetails { Allocation = text, Journal = text },
    };

    private static void ShouldBePlain(string text) => text.ShouldAllBe(character => character == '\n' || character == '\r'
        || (char.GetUnicodeCategory(character) != UnicodeCategory.Control && char.GetUnicodeCategory(character) != UnicodeCategory.Format
            && char.GetUnicodeCategory(character) != UnicodeCategory.LineSeparator));
}
