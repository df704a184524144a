namespace Ppv.Protocol;

/// <summary>
/// The names under which the packages trace and measure: each is the name of an <c>ActivitySource</c> and of a <c>Meter</c>. Who listens
/// needs no package of ours for it: <c>tracing.AddSource(PpvTelemetry.Rpc)</c>, or the text itself. What is traced and measured under which
/// name stands in docs/telemetry.md.
/// </summary>
public static class PpvTelemetry
{
    /// <summary>Commands to Wizard: <c>Ppv.Protocol</c>.</summary>
    public const string Protocol = "Ppv.Protocol";

    /// <summary>Requests over the queue, on both sides, and the connections to the broker: <c>Ppv.Rpc</c>.</summary>
    public const string Rpc = "Ppv.Rpc";

    /// <summary>Gateway and worker: orders, lines, leases: <c>Ppv.Hosting</c>.</summary>
    public const string Hosting = "Ppv.Hosting";
}
