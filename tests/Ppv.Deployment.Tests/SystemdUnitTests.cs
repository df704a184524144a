using System.Globalization;
using System.Text.RegularExpressions;
using Ppv.Deployment.Tests.Support;

namespace Ppv.Deployment.Tests;

/// <summary>The units of samples/deploy/systemd: systemd takes each line as it is meant, and they give away little.</summary>
public sealed partial class SystemdUnitTests : IDisposable
{
    /// <summary>On systemd's scale, on which 10 is no protection at all. 1.7 was measured (systemd 252).</summary>
    private const double HighestExposure = 2.0;

    private static readonly string[] Forbidden = ["MemoryDenyWriteExecute", "ProtectProc", "LimitNPROC", "PrivateNetwork", "DynamicUser"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ppv-units-");

    public static TheoryData<string> Units => ["ppv-gateway.service", "ppv-worker.service"];

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Units))]
    public async Task Systemd_has_nothing_to_say_against_it(string unit)
    {
        // The program is not installed here; everything else is as it is shipped.
        var program = Path.Combine(_folder.FullName, "program");
        await File.WriteAllTextAsync(program, "#!/bin/sh\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var copy = Path.Combine(_folder.FullName, unit);
        await File.WriteAllTextAsync(copy, ExecStart().Replace(Text(unit), $"ExecStart={program}"));

        var (code, output) = await AnalyzeAsync("verify", copy);

        (code, output.Trim()).ShouldBe((0, ""));
    }

    [Theory]
    [MemberData(nameof(Units))]
    public async Task It_is_exposed_no_more_than_it_was(string unit)
    {
        var (_, output) = await AnalyzeAsync("security", "--offline=yes", "--no-pager", PathOf(unit));
        var exposure = Exposure().Match(output);
        exposure.Success.ShouldBeTrue(output);
        double.Parse(exposure.Groups[1].Value, CultureInfo.InvariantCulture).ShouldBeLessThanOrEqualTo(HighestExposure, output);
    }

    [Theory]
    [MemberData(nameof(Units))]
    public void No_comment_stands_behind_a_value_and_no_setting_that_ends_NET(string unit)
    {
        var settings = Settings(unit);
        settings.Count.ShouldBeGreaterThan(30);
        // What is in quotes as a whole is a value as a whole.
        var bare = settings.Where(setting => setting.Value is not ['"', .., '"']).ToList();
        bare.Count.ShouldBeGreaterThan(30);
        bare.ShouldAllBe(setting => !setting.Value.Contains('#', StringComparison.Ordinal)
            && !setting.Value.Contains(';', StringComparison.Ordinal));
        settings.Select(setting => setting.Key).Intersect(Forbidden).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("ppv-gateway.service", 35)]
    [InlineData("ppv-worker.service", 30)]
    public void It_is_what_the_programs_need(string unit, int longestStop)
    {
        var settings = Settings(unit).ToLookup(setting => setting.Key, setting => setting.Value);
        settings["Type"].ShouldBe(["notify"]);
        settings["RestartPreventExitStatus"].ShouldBe(["78"]);
        settings["LoadCredential"].ShouldHaveSingleItem().ShouldStartWith("Ppv__Broker__Password:");
        int.Parse(settings["TimeoutStopSec"].Single(), CultureInfo.InvariantCulture).ShouldBeGreaterThan(longestStop);
        int.Parse(settings["WatchdogSec"].Single(), CultureInfo.InvariantCulture).ShouldBeGreaterThanOrEqualTo(10);
        settings["WatchdogSignal"].ShouldBe(["SIGKILL"], "the first SIGABRT does not end .NET");
        settings["UMask"].ShouldBe(["0077"]);
        settings["CapabilityBoundingSet"].ShouldBe([""]);
    }

    private static string Text(string unit) => File.ReadAllText(PathOf(unit));

    private static string PathOf(string unit) => RepositoryPaths.PathTo("samples", "deploy", "systemd", unit);

    private static List<(string Key, string Value)> Settings(string unit) =>
    [
        .. from line in File.ReadLines(PathOf(unit))
           where line.Length > 0 && !line.StartsWith('#') && !line.StartsWith('[')
           let parts = line.Split('=', 2)
           select (parts[0], parts[1]),
    ];

    private static async Task<(int Code, string Output)> AnalyzeAsync(params string[] arguments)
    {
        var result = await CommandLine.RunAsync(await Tools.PathOrSkipAsync("systemd-analyze"), arguments, Bounds.Limit);
        return (result.ExitCode, result.Output + result.Error);
    }

    [GeneratedRegex("^ExecStart=.*$", RegexOptions.Multiline)]
    private static partial Regex ExecStart();

    [GeneratedRegex(@"Overall exposure level for \S+: ([\d.]+)")]
    private static partial Regex Exposure();
}
