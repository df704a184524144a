using System.Runtime.CompilerServices;

namespace Ppv.Hosting.Tests;

/// <summary>Workers that tests start at their defaults keep their journals in memory: one file would belong to one of them only.</summary>
internal static class JournalsInMemory
{
    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Usage", "CA2255", Justification = "A test assembly has no other place for what holds for all of its tests.")]
    internal static void Set() => Environment.SetEnvironmentVariable("Ppv__Server__Journal__Path", "");
}
