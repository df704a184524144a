using System.Diagnostics.Tracing;
using Microsoft.Extensions.Logging;
using Ppv.Samples;

namespace Ppv.Hosting.Tests;

/// <summary>What a collector answers is a stranger's text, too.</summary>
public sealed class OtlpWatchTests
{
    [Fact]
    public async Task What_a_collector_says_brings_no_line_and_no_escape_sequence_into_the_log()
    {
        using var log = new LogCollector();
        using var loggers = new LoggerFactory([log]);
        using var exporter = new Exporter();
        using var watch = new OtlpWatch(loggers.CreateLogger<OtlpWatch>(), TimeProvider.System);
        await watch.StartAsync(default);

        exporter.Failed("no\rINFO:forged \u001b[2J\u202e\u2028end");

        log.Entries.ShouldHaveSingleItem().Message.ShouldBe(
            "What is measured does not reach the collector, and is lost until it does. Not taken: no INFO:forged ?[2J? end");
    }

    /// <summary>Under the name of OpenTelemetry's own.</summary>
    [EventSource(Name = "OpenTelemetry-Exporter-OpenTelemetryProtocol")]
    private sealed class Exporter : EventSource
    {
        [Event(1, Level = EventLevel.Warning, Message = "Not taken: {0}")]
        public void Failed(string reason) => WriteEvent(1, reason);
    }
}
