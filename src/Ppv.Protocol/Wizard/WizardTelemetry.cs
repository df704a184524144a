using System.Diagnostics;
using System.Diagnostics.Metrics;
using Ppv.Protocol.Telemetry;

namespace Ppv.Protocol.Wizard;

/// <summary>What the client traces and measures of a command: one span, one duration.</summary>
internal static class WizardTelemetry
{
    private static readonly ActivitySource Source = new(PpvTelemetry.Protocol);
    private static readonly Meter Meter = new(PpvTelemetry.Protocol);

    private static readonly Histogram<double> Duration = Meter.CreateDuration(
        TelemetryNames.ExchangeDuration, "How long Wizard took for a command, connecting included.");

    public static Activity? Start(WizardRequest request, WizardOptions options)
    {
        if (!Source.HasListeners()) return null;
        var activity = Source.StartActivity($"Wizard {request.Command.Key}", ActivityKind.Client);
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag(TelemetryNames.RpcMethod, request.Command.Key);
            activity.SetTag(TelemetryNames.Line, request.Line.ToString());
            activity.SetTag(TelemetryNames.ServerAddress, options.Host);
            activity.SetTag(TelemetryNames.ServerPort, options.Port);
        }

        return activity;
    }

    /// <param name="activity">What <see cref="Start"/> gave.</param>
    /// <param name="request">The command.</param>
    /// <param name="elapsed">How long it took.</param>
    /// <param name="failure">Why there is no answer; <see langword="null"/> when there is one.</param>
    public static void End(Activity? activity, WizardRequest request, TimeSpan elapsed, WizardException? failure)
    {
        var error = failure?.Failure switch
        {
            null => null,
            WizardFailure.NotSent => "not_sent",
            _ => "maybe_sent",
        };
        if (error is not null)
        {
            activity?.SetTag(TelemetryNames.ErrorType, error);
            activity?.SetStatus(ActivityStatusCode.Error, failure!.Message);
        }

        if (!Duration.Enabled) return;
        var tags = new TagList { { TelemetryNames.RpcMethod, request.Command.Key } };
        if (error is not null) tags.Add(TelemetryNames.ErrorType, error);
        Duration.Record(elapsed.TotalSeconds, tags);
    }
}
