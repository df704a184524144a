namespace OpenTelemetry.Trace;

/// <summary>Adds the traces of pay-per-view to an application.</summary>
public static class PpvTracerProviderBuilderExtensions
{
    /// <summary>
    /// Listens to the spans of <c>Ppv.Protocol</c>, <c>Ppv.Rpc</c> and <c>Ppv.Hosting</c>: one trace goes from the client over the broker
    /// and the worker to Wizard (docs/telemetry.md). The sources of RabbitMQ.Client stay off: they would add a header to every message,
    /// answers to old gateways included (contract §2).
    /// </summary>
    /// <param name="builder">The application's tracing.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">The builder is <see langword="null"/>.</exception>
    public static TracerProviderBuilder AddPpvInstrumentation(this TracerProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddSource("Ppv.Protocol", "Ppv.Rpc", "Ppv.Hosting");
    }
}
