using System.Diagnostics;
using Ppv.Deployment.Tests.Support;

namespace Ppv.Deployment.Tests;

/// <summary>
/// A program whose settings can't be used, and one that gets signals: run as a service manager runs it, without a broker.
/// </summary>
public sealed class BadStartTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ppv-start-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("{ \"Ppv\": { \"Broker\"", "appsettings.json")] // Cut short.
    [InlineData("", "appsettings.json")]
    [InlineData("[1]", "appsettings.json")]
    [InlineData("{ \"Ppv\": { \"Server\": { \"LastLine\": 3, \"LastLine\": 4 } } }", "Ppv:Server:LastLine")] // Twice.
    [InlineData("{ \"Logging\": { \"LogLevel\": { \"Default\": \"Wrong\" } } }", "Wrong")]
    [InlineData("{ \"Urls\": \"nonsense\" }", "nonsense")]
    public async Task A_file_that_cannot_be_used_is_a_sentence_and_78_for_the_run_and_for_its_check(string settings, string named)
    {
        var program = Copy(settings);
        foreach (var arguments in (string[][])[[], ["--check"]])
        {
            await using var run = Start(program, arguments);
            (await run.ExitCodeAsync()).ShouldBe(78, run.Output);
            run.Output.ShouldContain(named);
            run.Output.ShouldNotContain("   at ");
            run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBeLessThan(4, run.Output);
        }
    }

    [Fact]
    public async Task Health_is_told_while_the_file_cannot_be_read()
    {
        var url = $"--urls=http://127.0.0.1:{Nginx.FreePort()}";
        var program = Copy("{}");
        await using var running = Start(program, url);
        await running.PrintedAsync("Now listening on: ");
        Write(program, "{ cut short");

        await using var asked = Start(program, url, "--health", "live");

        (await asked.ExitCodeAsync()).ShouldBe(0, asked.Output);
        asked.Output.ShouldStartWith("Healthy");
    }

    [Fact]
    public async Task A_machine_that_has_no_file_watcher_left_keeps_it_from_nothing()
    {
        string[] withoutWatchers = ["-U", "-r", "sh", "-c", "echo 0 > /proc/sys/user/max_inotify_instances && exec \"$@\"", "sh"];
        if ((await CommandLine.RunAsync("unshare", [.. withoutWatchers, "true"], Bounds.Limit)).ExitCode != 0)
            Assert.Skip("This account may not make a user namespace.");
        var program = Copy("{}");
        await using var run = SampleProgram.Start(new ProcessStartInfo(
            "unshare", [.. withoutWatchers, "dotnet", program, $"--urls=http://127.0.0.1:{Nginx.FreePort()}"]));

        await run.PrintedAsync("Now listening on: ");

        run.Output.ShouldNotContain("watch", Case.Insensitive);
        run.Output.ShouldNotContain("   at ");
        (await run.TerminateAsync()).ShouldBe(0, run.Output);
    }

    [Theory]
    [InlineData("HUP")]
    [InlineData("USR1")]
    [InlineData("USR2")]
    [InlineData("PIPE")]
    public async Task A_signal_that_means_no_end_changes_nothing(string signal)
    {
        await using var program = Start(Copy("{}"), $"--urls=http://127.0.0.1:{Nginx.FreePort()}");
        await program.PrintedAsync("Now listening on: ");

        await program.SignalAsync(signal);

        if (signal != "PIPE") await program.PrintedAsync($"SIG{signal} changes nothing here.");
        (await program.TerminateAsync()).ShouldBe(0, program.Output);
        program.Output.ShouldContain("Application is shutting down");
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("QUIT")]
    [InlineData("TERM")]
    public async Task A_signal_that_means_the_end_is_an_orderly_stop_under_systemd_too(string signal)
    {
        var start = new ProcessStartInfo("dotnet", [Copy("{}"), $"--urls=http://127.0.0.1:{Nginx.FreePort()}"])
        {
            Environment = { ["NOTIFY_SOCKET"] = Path.Combine(_folder.FullName, "notify") },
        };
        await using var program = SampleProgram.Start(start);
        await program.PrintedAsync("Now listening on: ");
        await program.SignalAsync(signal);
        (await program.ExitCodeAsync()).ShouldBe(0, program.Output);
        program.Output.ShouldContain("Application is shutting down");
    }

    private static SampleProgram Start(string program, params string[] arguments) =>
        SampleProgram.Start(new ProcessStartInfo("dotnet", [program, .. arguments]));

    /// <summary>A gateway with a folder and settings of its own.</summary>
    private string Copy(string settings)
    {
        var built = SampleProgram.PathTo(Path.Combine("samples", "Gateway"), "ppv-gateway");
        var folder = Directory.CreateDirectory(Path.Combine(_folder.FullName, Guid.NewGuid().ToString("N")));
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(built)!))
            File.CreateSymbolicLink(Path.Combine(folder.FullName, Path.GetFileName(file)), file);
        var program = Path.Combine(folder.FullName, Path.GetFileName(built));
        foreach (var own in Directory.EnumerateFiles(folder.FullName, "*.json").Append(program).ToList())
        {
            // What the program finds itself by, and its settings, must lie here.
            var target = new FileInfo(own).LinkTarget!;
            File.Delete(own);
            File.Copy(target, own);
        }

        Write(program, settings);
        return program;
    }

    private static void Write(string program, string settings) =>
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(program)!, "appsettings.json"), settings);
}
