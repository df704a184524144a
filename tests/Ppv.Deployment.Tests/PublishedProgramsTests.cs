using System.Reflection.PortableExecutable;
using System.Text.Json;
using Ppv.Deployment.Tests.Support;

namespace Ppv.Deployment.Tests;

/// <summary>What <c>dotnet publish</c> makes of the programs.</summary>
public sealed class PublishedProgramsTests(PublishedPrograms programs)
{
    [Theory]
    [InlineData("gateway", "ppv-gateway.dll")]
    [InlineData("gateway", "Ppv.Hosting.dll")]
    [InlineData("gateway", "RabbitMQ.Client.dll")]
    [InlineData("worker", "ppv-worker.dll")]
    [InlineData("worker", "Ppv.Rpc.dll")]
    [InlineData("worker", "Microsoft.Data.Sqlite.dll")]
    public async Task Gateway_and_worker_are_compiled_ahead_of_time(string program, string file)
    {
        using var reader = new PEReader(File.OpenRead(await programs.PathToAsync(program, file)));

        var header = reader.PEHeaders.CorHeader.ShouldNotBeNull();
        header.ManagedNativeHeaderDirectory.Size.ShouldBeGreaterThan(0, "a start would compile it all");
    }

    [Theory]
    [InlineData("gateway")]
    [InlineData("worker")]
    public async Task Their_idle_threads_sleep_at_once(string program)
    {
        using var settings = JsonDocument.Parse(
            await File.ReadAllBytesAsync(await programs.PathToAsync(program, $"ppv-{program}.runtimeconfig.json")));

        settings.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties")
            .GetProperty("System.Threading.ThreadPool.UnfairSemaphoreSpinLimit").GetInt32().ShouldBe(0);
    }
}
