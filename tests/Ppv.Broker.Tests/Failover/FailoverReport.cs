using System.Globalization;

namespace Ppv.Broker.Tests.Failover;

/// <summary>What was measured: in the test's output, and in the file that <c>PPV_TEST_REPORT</c> names, if it names one.</summary>
internal static class FailoverReport
{
    private static readonly Lock Writing = new();

    /// <summary>Writes such as <c>GAP cluster, kill -9 of the primary: 0.84 s (bound 2 s)</c>.</summary>
    public static void Gap(string what, TimeSpan gap, TimeSpan bound) =>
        Line(string.Create(CultureInfo.InvariantCulture, $"GAP {what}: {gap.TotalSeconds:0.00} s (bound {bound.TotalSeconds:0.##} s)"));

    public static void Line(string line)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        if (Environment.GetEnvironmentVariable("PPV_TEST_REPORT") is not { Length: > 0 } file) return;
        lock (Writing) File.AppendAllText(file, line + Environment.NewLine);
    }
}
