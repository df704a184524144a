using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Ppv.Deployment.Tests.Support;

namespace Ppv.Deployment.Tests;

/// <summary>What systemd hears from the programs themselves, from their start to their end.</summary>
public sealed partial class SystemdNotificationTests(SharedBroker shared) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ppv-notify-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("Gateway", "ppv-gateway")]
    [InlineData("Worker", "ppv-worker")]
    public async Task A_service_is_ready_gives_signs_of_life_while_it_searches_and_says_that_it_stops(string sample, string name)
    {
        using var systemd = new NotifySocket(Path.Combine(_folder.FullName, "notify"));
        await using var service = Start(systemd, sample, name,
            "--Ppv:Broker:Hosts:0=127.0.0.1:1", $"--Ppv:Server:Journal:Path={_folder.FullName}/orders.db");

        (await systemd.UntilAsync("READY=1")).ShouldNotContain("STOPPING=1");
        for (var i = 0; i < 3; i++) (await systemd.UntilAsync("WATCHDOG=1")).ShouldBeEmpty();

        await service.PrintedAsync("pid ");
        var pid = Pid().Match(service.Output).Groups[1].Value;
        await CommandLine.RunCheckedAsync("kill", ["-TERM", pid], Bounds.Limit);
        (await systemd.UntilAsync("STOPPING=1")).ShouldAllBe(message => message == "WATCHDOG=1");
        (await service.ExitCodeAsync()).ShouldBe(0, service.Output);
    }

    [Fact]
    public async Task The_password_comes_from_systemds_credentials()
    {
        var broker = shared.Broker;
        var credentials = _folder.CreateSubdirectory("credentials");
        await File.WriteAllTextAsync(Path.Combine(credentials.FullName, "Ppv__Broker__Password"), broker.Password + "\n");
        var start = new ProcessStartInfo("dotnet",
        [
            SampleProgram.PathTo("samples/Gateway", "ppv-gateway"), "--urls=http://127.0.0.1:0",
            $"--Ppv:Broker:Hosts:0={broker.Address.HostAndPort}", $"--Ppv:Broker:UserName={broker.UserName}",
            $"--Ppv:Broker:VirtualHost={broker.VirtualHost}", $"--Ppv:Rpc:Queue={TestBroker.UniqueQueueName()}", "--check",
        ]);
        start.Environment["CREDENTIALS_DIRECTORY"] = credentials.FullName;
        start.Environment["Ppv__Broker__Password"] = "wrong";
        await using var check = SampleProgram.Start(start);

        (await check.ExitCodeAsync()).ShouldBe(0, check.Output);
        check.Output.ShouldContain($"lets user '{broker.UserName}' into virtual host");
    }

    /// <summary>The programs know a service by the name of their parent, so that is one that is called as systemd's is.</summary>
    private SampleProgram Start(NotifySocket systemd, string sample, string name, params string[] arguments)
    {
        var parent = Path.Combine(_folder.FullName, "systemd");
        File.WriteAllText(parent, "#!/bin/sh\n\"$@\" &\necho \"pid $!\"\nwait $!\n");
        File.SetUnixFileMode(parent, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var program = SampleProgram.PathTo(Path.Combine("samples", sample), name);
        var start = new ProcessStartInfo(parent, ["dotnet", program, "--urls=http://127.0.0.1:0", .. arguments]);
        start.Environment["NOTIFY_SOCKET"] = systemd.Path;
        start.Environment["WATCHDOG_USEC"] = TimeSpan.FromSeconds(1.5).TotalMicroseconds.ToString("0", CultureInfo.InvariantCulture);
        return SampleProgram.Start(start);
    }

    [GeneratedRegex(@"pid (\d+)\s")]
    private static partial Regex Pid();
}
