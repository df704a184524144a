using Ppv.Deployment.Tests.Support;
using Ppv.Testing;

namespace Ppv.Deployment.Tests;

/// <summary>A program that runs, and the same program called beside it with <c>--check</c> and <c>--health</c>.</summary>
public sealed class ProgramSwitchesTests(SharedBroker broker) : IDisposable
{
    private readonly string _queue = TestBroker.UniqueQueueName("switches");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ppv-switches-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_worker_that_runs_is_well_and_a_check_beside_it_takes_nothing_from_it()
    {
        await using var wizard = new WizardSimulator();
        await wizard.StartAsync();
        var journal = Path.Combine(_folder.FullName, "orders.db");
        var url = $"http://127.0.0.1:{Nginx.FreePort()}";
        await using var worker = await Programs.WorkerAsync(broker.Address, _queue, wizard.Port, journal, $"--urls={url}");
        await worker.PrintedAsync("Now listening on: ");

        foreach (var health in (string[][])[["--health"], ["--health", "live"], ["--health", "ready"]])
        {
            var (code, output) = await CallAsync([$"--urls={url}", .. health]);
            code.ShouldBe(0, output);
            output.ShouldStartWith("Healthy");
        }

        var (checkedCode, said) = await CallAsync(
        [
            .. Programs.Broker(broker.Address, _queue), $"--urls={url}", "--Ppv:Wizard:Host=127.0.0.1", $"--Ppv:Wizard:Port={wizard.Port}",
            $"--Ppv:Server:Journal:Path={journal}", "--check",
        ]);
        checkedCode.ShouldBe(0, said);
        said.ShouldContain($"has queue '{_queue}', and 1 worker serves it now.");
        said.ShouldContain($"warn  The order journal {journal} is in use");
        said.ShouldContain($"warn  {url} is in use");

        (await worker.TerminateAsync()).ShouldBe(0, worker.Output);
        worker.Output.ShouldNotContain("fail: ");
        (await CallAsync([$"--urls={url}", "--health"])).Code.ShouldBe(1);
        wizard.Requests.ShouldBeEmpty();
    }

    private static async Task<(int Code, string Output)> CallAsync(string[] arguments)
    {
        await using var program = SampleProgram.Start("Worker", "ppv-worker", arguments);
        var code = await program.ExitCodeAsync();
        return (code, program.Output);
    }
}
