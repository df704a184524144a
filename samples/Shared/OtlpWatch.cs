using System.Diagnostics.Tracing;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ppv.Samples;

/// <summary>
/// Says once that the collector does not take what is exported: OpenTelemetry itself tells nobody who does not listen. It is said again
/// when it had worked in between.
/// </summary>
internal sealed partial class OtlpWatch(ILogger<OtlpWatch> logger, TimeProvider timeProvider) : IHostedService, IDisposable
{
    // Metrics are sent once a minute, so a collector that stays away is noticed as often.
    private static readonly TimeSpan LongestQuiet = TimeSpan.FromMinutes(5);

    private const int LongestReason = 300;

    private readonly Lock _gate = new();
    private Listener? _listener;
    private long? _failedAt;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener = new Listener(Failed);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener?.Dispose();

    private void Failed(string reason)
    {
        bool isNew;
        lock (_gate)
        {
            isNew = _failedAt is not { } last || timeProvider.GetElapsedTime(last) > LongestQuiet;
            _failedAt = timeProvider.GetTimestamp();
        }

        if (isNew) NotTaken(logger, reason);
    }

    [LoggerMessage(3001, LogLevel.Warning, "What is measured does not reach the collector, and is lost until it does. {Reason}")]
    private static partial void NotTaken(ILogger logger, string reason);

    private sealed class Listener(Action<string> failed) : EventListener
    {
        private const string Exporter = "OpenTelemetry-Exporter-OpenTelemetryProtocol";

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == Exporter) EnableEvents(eventSource, EventLevel.Warning);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData.EventSource.Name != Exporter || eventData.Message is not { } message) return;
            // What was thrown comes with its whole stack: its first line says it all.
            object?[] values = [.. (eventData.Payload ?? []).Select(value => value is string text ? text.Split('\n')[0].Trim() : value)];
            failed(Plain(string.Format(CultureInfo.InvariantCulture, message, values)));
        }

        /// <summary>One line of what a reader sees: it may be the text of whoever answers in the collector's place.</summary>
        private static string Plain(string text)
        {
            var line = string.Concat(text.ReplaceLineEndings(" ").EnumerateRunes().Take(LongestReason)
                .Select(static rune => IsSeen(rune) ? rune.ToString() : "?"));
            return text.Length > LongestReason ? line + "…" : line;
        }

        private static bool IsSeen(Rune rune) => rune != Rune.ReplacementChar && Rune.GetUnicodeCategory(rune) is not
            (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
    }
}
