using System.Text.RegularExpressions;
using Ppv.Deployment.Tests.Support;

namespace Ppv.Deployment.Tests;

/// <summary>samples/deploy/grafana/alerts.yaml under Prometheus' own promtool, with what alerts_test.yaml says of it.</summary>
public sealed partial class AlertTests : IDisposable
{
    private static readonly string Folder = RepositoryPaths.PathTo("samples", "deploy", "grafana");
    private static readonly string Shipped = File.ReadAllText(Path.Combine(Folder, "alerts.yaml"));

    private readonly DirectoryInfo _copy = Directory.CreateTempSubdirectory("ppv-alerts-");

    public static TheoryData<string> Alerts => [.. AlertName().Matches(Shipped).Select(match => match.Groups[1].Value)];

    public void Dispose() => _copy.Delete(recursive: true);

    [Fact]
    public async Task Prometheus_takes_the_rules()
    {
        var result = await PromtoolAsync(Folder, "check", "rules", "alerts.yaml");
        result.ExitCode.ShouldBe(0, result.Output + result.Error);
        result.Output.ShouldContain("SUCCESS: 6 rules found");
    }

    [Fact]
    public async Task Each_alert_waits_for_what_its_test_says()
    {
        var result = await PromtoolAsync(Folder, "test", "rules", "alerts_test.yaml");
        result.ExitCode.ShouldBe(0, result.Output + result.Error);
        result.Output.ShouldContain("SUCCESS");
    }

    /// <summary>So that no alert is without a test, and no test without effect.</summary>
    [Theory]
    [MemberData(nameof(Alerts))]
    public async Task An_alert_that_never_comes_or_always_is_noticed(string alert)
    {
        File.Copy(Path.Combine(Folder, "alerts_test.yaml"), Path.Combine(_copy.FullName, "alerts_test.yaml"));
        foreach (var expression in (string[])["vector(1) > 2", "vector(1)"])
        {
            var changed = Regex.Replace(
                Shipped, $@"(- alert: {alert}\n(?:\s+#.*\n)?\s+expr: )(?:\|\n(?: {{10,}}.*\n)+|.*\n)", $"$1{expression}\n");
            changed.ShouldNotBe(Shipped);
            await File.WriteAllTextAsync(Path.Combine(_copy.FullName, "alerts.yaml"), changed);
            (await PromtoolAsync(_copy.FullName, "check", "rules", "alerts.yaml")).ExitCode.ShouldBe(0, "it is a rule all the same");

            var result = await PromtoolAsync(_copy.FullName, "test", "rules", "alerts_test.yaml");

            result.ExitCode.ShouldNotBe(0, $"{alert} as {expression}");
            (result.Output + result.Error).ShouldContain(alert);
        }
    }

    private static async Task<CommandLine.Result> PromtoolAsync(string folder, params string[] arguments) =>
        await CommandLine.RunAsync(await Tools.PathOrSkipAsync("promtool"), arguments, Bounds.Limit, folder);

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex AlertName();
}
