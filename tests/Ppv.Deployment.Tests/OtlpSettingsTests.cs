using System.Diagnostics;
using Ppv.Deployment.Tests.Support;

namespace Ppv.Deployment.Tests;

/// <summary>What the programs say of a collector that is not there, or that can't be meant.</summary>
public sealed class OtlpSettingsTests
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    [Theory]
    [InlineData("Gateway", "ppv-gateway", Endpoint, "localhost:4317")]
    [InlineData("Worker", "ppv-worker", Endpoint, "\"http://localhost:4317\"")]
    [InlineData("Gateway", "ppv-gateway", Endpoint, "grpc://localhost:4317")]
    [InlineData("Gateway", "ppv-gateway", Endpoint, "http://user:secret@localhost:4317")]
    [InlineData("Worker", "ppv-worker", "OTEL_EXPORTER_OTLP_PROTOCOL", "http")]
    [InlineData("Gateway", "ppv-gateway", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "collector")]
    [InlineData("Gateway", "ppv-gateway", "OTEL_EXPORTER_OTLP_HEADERS", "secret")]
    [InlineData("Gateway", "ppv-gateway", "OTEL_EXPORTER_OTLP_TIMEOUT", "10s")]
    [InlineData("Gateway", "ppv-gateway", "OTEL_METRIC_EXPORT_INTERVAL", "1 min")]
    public async Task A_setting_that_cannot_be_used_is_a_sentence_and_78(string folder, string program, string key, string value)
    {
        foreach (var argument in (string[])["--urls=http://127.0.0.1:0", "--check"])
        {
            await using var run = Start(folder, program, argument, (Endpoint, "http://127.0.0.1:4317"), (key, value));
            (await run.ExitCodeAsync()).ShouldBe(78, run.Output);
            var isSecret = value.Contains("secret", StringComparison.Ordinal);
            run.Output.ShouldContain(isSecret ? $"{key} must be " : $"{key} is '{value}'; it must be ");
            run.Output.ShouldNotContain("secret");
            run.Output.ShouldNotContain("   at ");
        }
    }

    [Fact]
    public async Task A_collector_for_traces_alone_is_not_passed_over()
    {
        await using var run = Start("Gateway", "ppv-gateway", "--check", ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:4317"));
        (await run.ExitCodeAsync()).ShouldBe(78, run.Output);
        run.Output.ShouldContain("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT has no effect by itself");
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task A_collector_that_cannot_be_reached_is_told_once(string protocol)
    {
        var address = $"http://127.0.0.1:{Nginx.FreePort()}";
        await using var run = Start(
            "Gateway", "ppv-gateway", "--urls=http://127.0.0.1:0", (Endpoint, address), ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            ("OTEL_METRIC_EXPORT_INTERVAL", "200"), ("OTEL_BLRP_SCHEDULE_DELAY", "200"));

        await run.PrintedAsync("What is measured does not reach the collector");

        (await run.TerminateAsync()).ShouldBe(0, run.Output);
        run.Output.Split("does not reach the collector").Length.ShouldBe(2, run.Output);
        run.Output.ShouldContain(address);
    }

    private static SampleProgram Start(string folder, string program, string argument, params (string Key, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [SampleProgram.PathTo(Path.Combine("samples", folder), program), argument]);
        foreach (var (key, value) in environment) start.Environment[key] = value;
        return SampleProgram.Start(start);
    }
}
