using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ppv.Hosting.Tests;

/// <summary>The log file has the old programs' lines, rolls at its size, and never keeps a program from running.</summary>
public sealed class LogFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ppv-log-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Each_event_is_a_line_of_the_old_form()
    {
        var path = Path.Combine(_folder, "deeper", "ppv.log");
        using (var host = BuildHost(path))
        {
            var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Some.Category");
            logger.Said(16, "OK");
            logger.Warn("first\r\nINFO:forged | {line}");
            logger.TheEnd(new InvalidOperationException("bad"));
        }

        var lines = File.ReadAllLines(path);
        var time = @"\(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \|  Some\.Category  \|  ";
        var file = Regex.Escape(path);
        lines[0].ShouldMatch($"^INFO:{file} \\| Wizard line number 16 said OK '' \\| {time}42\\)$");
        lines[1].ShouldMatch($"^WARNING:{file} \\| first INFO:forged \\| \\{{line\\}} '' \\| {time}0\\)$");
        lines[2].ShouldMatch($"^CRITICAL:{file} \\| The end '' \\| {time}7\\)$");
        lines[3].ShouldContain("InvalidOperationException: bad");
    }

    [Theory]
    [InlineData("Legacy")]
    [InlineData("Json")]
    public void What_others_log_and_throw_brings_no_line_and_no_escape_sequence_of_a_stranger(string format)
    {
        var path = Path.Combine(_folder, "ppv.log");
        using (var host = BuildHost(path, $"--Ppv:LogFile:Format={format}"))
        {
            var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Some.Category");
            logger.Warn("a\u2028INFO:forged \u001b[2J\u202e");
            logger.TheEnd(new InvalidOperationException("b\r\nINFO:forged \u001b[2J\u202e", new FormatException("c\nINFO:forged")));
        }

        var text = File.ReadAllText(path);
        text.Count(character => char.IsControl(character) && character != '\n').ShouldBe(0);
        text.ShouldNotContain("\u202e", Case.Sensitive);
        text.ShouldContain("System.InvalidOperationException: b INFO:forged");
        File.ReadAllLines(path).ShouldNotContain(line => line.StartsWith("INFO:forged", StringComparison.Ordinal));
    }

    /// <summary>An exception of a library writes what it likes, not its message alone.</summary>
    [Theory]
    [InlineData("Legacy")]
    [InlineData("Json")]
    public void What_an_exception_says_beside_its_message_brings_no_line_and_no_escape_sequence_either(string format)
    {
        var path = Path.Combine(_folder, "ppv.log");
        using (var host = BuildHost(path, $"--Ppv:LogFile:Format={format}"))
        {
            var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Some.Category");
            logger.TheEnd(new ForeignException());
            logger.TheEnd(new FileNotFoundException("It is not there.", "a\nINFO:forged \u001b[2J"));
            logger.TheEnd(new AggregateException(
                new FormatException("a"), new FormatException("b", new FormatException("c\nINFO:forged \u001b[2J"))));
            try
            {
                throw new InvalidOperationException("ours");
            }
            catch (InvalidOperationException e)
            {
                logger.TheEnd(e);
            }
        }

        var text = File.ReadAllText(path);
        text.Count(character => char.IsControl(character) && character != '\n').ShouldBe(0);
        File.ReadAllLines(path).ShouldNotContain(line => line.StartsWith("INFO:forged", StringComparison.Ordinal));
        if (format == "Json") return;
        var at = Array.IndexOf(File.ReadAllLines(path), "System.InvalidOperationException: ours");
        File.ReadAllLines(path)[at + 1].ShouldStartWith($"   at {typeof(LogFileTests).FullName}.");
    }

    private sealed class ForeignException : Exception
    {
        public override string ToString() => "INFO:forged at once\r\nINFO:forged \u001b[2J";
    }

    [Fact]
    public void Each_event_is_a_JSON_object_of_one_line_where_that_is_wanted()
    {
        var path = Path.Combine(_folder, "ppv.log");
        using (var host = BuildHost(path, "--Ppv:LogFile:Format=Json"))
        {
            var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Some.Category");
            logger.Said(16, "O\"K");
            logger.Warn("first\r\nsecond");
            logger.TheEnd(new InvalidOperationException("bad"));
        }

        var lines = File.ReadAllLines(path).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        lines.Count.ShouldBe(3);
        var (said, now) = (lines[0], TimeProvider.System.GetUtcNow());
        said.GetProperty("Timestamp").GetDateTimeOffset().ShouldBeInRange(
            now.AddMinutes(-10), now.AddMinutes(1));
        said.GetProperty("EventId").GetInt32().ShouldBe(42);
        said.GetProperty("LogLevel").GetString().ShouldBe("Information");
        said.GetProperty("Category").GetString().ShouldBe("Some.Category");
        said.GetProperty("Message").GetString().ShouldBe("Wizard line number 16 said O\"K");
        said.GetProperty("State").GetProperty("Line").GetInt32().ShouldBe(16);
        said.GetProperty("State").GetProperty("Text").GetString().ShouldBe("O\"K");
        lines[1].GetProperty("Message").GetString().ShouldBe("first\r\nsecond");
        lines[2].GetProperty("Exception").GetString().ShouldStartWith("System.InvalidOperationException: bad");
    }

    [Fact]
    public void It_rolls_at_its_size_and_keeps_as_many_files_as_told()
    {
        var path = Path.Combine(_folder, "ppv.log");
        using (var host = BuildHost(path, "--Ppv:LogFile:MaxBytes=1000", "--Ppv:LogFile:BackupCount=2"))
        {
            var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("C");
            for (var i = 0; i < 100; i++) logger.Said(i, "a text of some length to fill the file");
        }

        Directory.GetFiles(_folder).Order(StringComparer.Ordinal).ShouldBe([path, path + ".1", path + ".2"]);
        var lines = new[] { path + ".2", path + ".1", path }.SelectMany(File.ReadLines).ToList();
        var last = Enumerable.Range(100 - lines.Count, lines.Count).Select(i => $"number {i} ").ToList();
        for (var i = 0; i < lines.Count; i++) lines[i].ShouldContain(last[i]);
    }

    [Fact]
    public void Without_a_path_there_is_no_file()
    {
        using var host = BuildHost(null);
        host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("C").Warn("x");
        Directory.GetFileSystemEntries(_folder).ShouldBeEmpty();
    }

    [Fact]
    public void A_file_that_can_not_be_opened_is_said_once_on_standard_error_and_the_host_runs()
    {
        var blocker = Path.Combine(_folder, "file");
        File.WriteAllText(blocker, "");
        var (before, said) = (Console.Error, new StringWriter());
        Console.SetError(TextWriter.Synchronized(said));
        try
        {
            using var host = BuildHost(Path.Combine(blocker, "ppv.log"));
            var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("C");
            logger.Warn("x");
            logger.Warn("y");
        }
        finally
        {
            Console.SetError(before);
        }

        var sentence = $"The log file {blocker}/ppv.log: it can't be written, and its lines are lost until it can: ";
        said.ToString().Split('\n').Count(line => line.StartsWith(sentence, StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public void The_file_is_made_with_its_first_line()
    {
        var path = Path.Combine(_folder, "ppv.log");
        using (BuildHost(path)) File.Exists(path).ShouldBeFalse();
        using (var host = BuildHost(path)) host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("C").Warn("x");
        File.Exists(path).ShouldBeTrue();
    }

    private static IHost BuildHost(string? path, params string[] args)
    {
        var builder = Host.CreateApplicationBuilder(path is null ? args : ["--Ppv:LogFile:Path=" + path, .. args]);
        builder.Logging.ClearProviders();
        builder.AddPpvGateway();
        return builder.Build();
    }
}
