using System.Globalization;

namespace Ppv.Broker.Tests.Delivery;

/// <summary>
/// Our worker as a process of its own, to be killed and started again on the same journal; the sample, or the one that can kill itself.
/// </summary>
internal sealed class WorkerProcess(
    BrokerAddress broker, string queue, int wizardPort, string journal, bool canCrash = false) : IAsyncDisposable
{
    private SampleProgram? _program, _last;

    /// <summary>How often it was killed.</summary>
    public int Kills { get; private set; }

    /// <summary>How often it was stopped as a service manager does it.</summary>
    public int Stops { get; private set; }

    /// <summary>What it has printed, or what the one before had printed when it ended.</summary>
    public string Output => _last?.Output ?? "";

    public async Task StartAsync(params string[] more)
    {
        var (project, assembly) = canCrash ? ("tests/Ppv.CrashWorker", "ppv-crash-worker") : ("samples/Worker", "ppv-worker");
        if (_program is not null) await _program.DisposeAsync();
        _last = _program = SampleProgram.StartIn(project, assembly,
        [
            "--urls", "http://127.0.0.1:0",
            $"--Ppv:Broker:Hosts:0={broker.HostAndPort}",
            $"--Ppv:Broker:UserName={broker.UserName}",
            $"--Ppv:Broker:Password={broker.Password}",
            $"--Ppv:Broker:VirtualHost={broker.VirtualHost}",
            "--Ppv:Broker:ReconnectDelay=00:00:00.1",
            $"--Ppv:Rpc:Queue={queue}",
            $"--Ppv:Wizard:Port={wizardPort.ToString(CultureInfo.InvariantCulture)}",
            $"--Ppv:Server:Journal:Path={journal}",
            .. more,
        ]);
        await _program.PrintedAsync("ready.");
    }

    /// <summary>Ends it as a crash would: SIGKILL.</summary>
    public async Task KillAsync()
    {
        await _program!.DisposeAsync();
        _program = null;
        Kills++;
    }

    /// <summary>Ends it as a service manager does: SIGTERM. It must finish by itself, without an error.</summary>
    public async Task StopAsync()
    {
        (await _program!.TerminateAsync()).ShouldBe(0, $"the worker's exit code; it printed:\n{Output}");
        // It would mean that orders were cut off, or that callers were kept waiting for all of that time.
        Output.ShouldNotContain("were not finished within Ppv:Rpc:DrainTimeout");
        await _program.DisposeAsync();
        _program = null;
        Stops++;
    }

    /// <summary>Stops it where it stands: SIGSTOP.</summary>
    public Task FreezeAsync() => _program!.SignalAsync("STOP");

    /// <summary>Lets it go on: SIGCONT.</summary>
    public Task ThawAsync() => _program!.SignalAsync("CONT");

    /// <summary>Waits until it has printed a text.</summary>
    public Task PrintedAsync(string text) => _program!.PrintedAsync(text);

    /// <summary>SIGKILL, from a thread that must not wait for the end.</summary>
    public void Kill() => _program!.Kill();

    /// <summary>Waits until it ended by itself or was killed.</summary>
    public Task<int> ExitCodeAsync() => _program!.ExitCodeAsync();

    public async ValueTask DisposeAsync()
    {
        if (_program is not null) await _program.DisposeAsync();
    }
}
