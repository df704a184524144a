using System.Globalization;

namespace Ppv.Hosting.Running;

/// <summary>How long systemd waits for a sign of life.</summary>
/// <param name="Limit">The time; <see langword="null"/> when it does not watch this process.</param>
internal sealed record WatchdogTime(TimeSpan? Limit)
{
    /// <summary>As <c>sd_watchdog_enabled(3)</c> reads it.</summary>
    /// <param name="microseconds"><c>WATCHDOG_USEC</c>.</param>
    /// <param name="processId"><c>WATCHDOG_PID</c>: whom it watches, where that is said.</param>
    public static WatchdogTime Of(string? microseconds, string? processId) =>
        long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var time) && time > 0
        && (string.IsNullOrEmpty(processId) || processId == Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
            ? new WatchdogTime(TimeSpan.FromMicroseconds(time))
            : new WatchdogTime((TimeSpan?)null);

    public static WatchdogTime OfEnvironment() =>
        Of(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), Environment.GetEnvironmentVariable("WATCHDOG_PID"));
}
