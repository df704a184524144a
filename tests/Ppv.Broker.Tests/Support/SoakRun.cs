namespace Ppv.Broker.Tests.Support;

/// <summary>Whether there is time for the long tests: <c>./test.sh --soak</c>.</summary>
internal static class SoakRun
{
    public static bool IsOn => Environment.GetEnvironmentVariable("PPV_TEST_SOAK") == "1";
}
