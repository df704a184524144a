namespace OpenTelemetry.Metrics;

/// <summary>Adds the metrics of pay-per-view to an application.</summary>
public static class PpvMeterProviderBuilderExtensions
{
    /// <summary>
    /// Listens to the meters <c>Ppv.Protocol</c>, <c>Ppv.Rpc</c> and <c>Ppv.Hosting</c> (docs/telemetry.md). Durations bring their buckets
    /// with them.
    /// </summary>
    /// <param name="builder">The application's metrics.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">The builder is <see langword="null"/>.</exception>
    public static MeterProviderBuilder AddPpvInstrumentation(this MeterProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddMeter("Ppv.Protocol", "Ppv.Rpc", "Ppv.Hosting");
    }
}
