using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Ppv.Samples;

/// <summary>
/// What the programs export: traces, metrics and logs over OTLP when OTEL_EXPORTER_OTLP_ENDPOINT names a collector, and /metrics for
/// Prometheus with Metrics:Prometheus. Neither by default, and then nothing is measured.
/// </summary>
internal static class HostTelemetry
{
    private const string PrometheusKey = "Metrics:Prometheus";

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var problems = OtlpSettings.Problems(builder.Configuration);
        var exportsOtlp = OtlpSettings.NamesCollector(builder.Configuration) && problems.Count == 0;
        var servesPrometheus = ServesPrometheus(builder.Configuration);
        if (servesPrometheus is null)
            builder.Services.AddOptions<PrometheusSetting>().ValidateOnStart().Validate(
                _ => false, $"{PrometheusKey} is '{builder.Configuration[PrometheusKey]}'; it must be true or false.");
        if (problems.Count > 0)
            builder.Services.AddOptions<OtlpSetting>().ValidateOnStart().Validate(_ => false, string.Join(' ', problems));
        if (!exportsOtlp && servesPrometheus != true) return;

        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(builder.Environment.ApplicationName))
            .WithMetrics(metrics =>
            {
                metrics.AddPpvInstrumentation().AddMeter(
                    "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime");
                if (servesPrometheus == true) metrics.AddPrometheusExporter();
            });
        if (!exportsOtlp) return;
        telemetry.WithTracing(
            tracing => tracing.AddAspNetCoreInstrumentation().AddPpvInstrumentation()).WithLogging().UseOtlpExporter();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddHostedService<OtlpWatch>();
    }

    public static void MapTelemetry(this WebApplication app)
    {
        if (ServesPrometheus(app.Configuration) == true) app.MapPrometheusScrapingEndpoint("/metrics");
    }

    /// <returns><see langword="null"/> where neither yes nor no stands there.</returns>
    private static bool? ServesPrometheus(IConfiguration configuration) =>
        configuration[PrometheusKey] is not { Length: > 0 } text ? false : bool.TryParse(text, out var serves) ? serves : null;

    private sealed class PrometheusSetting;

    private sealed class OtlpSetting;
}
