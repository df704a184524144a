namespace Ppv.Hosting.Tests;

/// <summary>Listeners hear everybody in the process: these tests run when no others do.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TelemetryAlone
{
    public const string Name = "telemetry";
}
