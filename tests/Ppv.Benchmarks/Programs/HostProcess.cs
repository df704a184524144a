using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Ppv.TestKit;
using Command = Ppv.TestKit.CommandLine;

namespace Ppv.Benchmarks.Programs;

/// <summary>A gateway or a worker as a program of its own, with what it prints in a file, as a service manager runs it.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private static readonly byte[] Question =
        "GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray();

    private readonly Process _process;

    private HostProcess(Process process, int port) => (_process, Port) = (process, port);

    /// <summary>Where it serves HTTP, on loopback.</summary>
    public int Port { get; }

    /// <summary>The processor time that it has taken so far.</summary>
    public TimeSpan Processor
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts it, and ends when <c>/health/ready</c> says that it is ready.</summary>
    /// <param name="file">The program.</param>
    /// <param name="broker">The broker.</param>
    /// <param name="queue">The queue of orders.</param>
    /// <param name="wizardPort">Where Wizard is, on loopback; a gateway takes no notice of it.</param>
    /// <param name="folder">Where the journal and what it prints go.</param>
    /// <param name="more">More of the command line.</param>
    public static async Task<HostProcess> StartAsync(
        string file, BrokerAddress broker, string queue, int wizardPort, string folder, params string[] more)
    {
        var port = FreePort();
        var log = Path.Combine(folder, Path.GetFileName(file) + ".log");
        var process = Process.Start(new ProcessStartInfo("/bin/sh",
        [
            "-c", "log=$1; shift; exec \"$@\" >\"$log\" 2>&1", "sh", log, file,
            $"--urls=http://127.0.0.1:{port}", $"--Ppv:Broker:Hosts:0={broker.HostAndPort}",
            $"--Ppv:Broker:VirtualHost={broker.VirtualHost}", $"--Ppv:Broker:UserName={broker.UserName}",
            $"--Ppv:Broker:Password={broker.Password}", $"--Ppv:Rpc:Queue={queue}", "--Ppv:Wizard:Host=127.0.0.1",
            $"--Ppv:Wizard:Port={wizardPort}", $"--Ppv:Server:Journal:Path={Path.Combine(folder, "orders.db")}", .. more,
        ])) ?? throw new InvalidOperationException($"{file} did not start.");
        var host = new HostProcess(process, port);
        using var bound = new CancellationTokenSource(Limit);
        try
        {
            while (!await IsReadyAsync(port, bound.Token)) await Task.Delay(Pause, TimeProvider.System, bound.Token);
            return host;
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException(
                $"{file} was not ready within {Limit.TotalSeconds} s:\n{await File.ReadAllTextAsync(log, CancellationToken.None)}");
        }
    }

    /// <summary>Stops it as a service manager does.</summary>
    public async ValueTask DisposeAsync()
    {
        using var bound = new CancellationTokenSource(Limit);
        await Command.RunCheckedAsync("kill", [_process.Id.ToString(CultureInfo.InvariantCulture)], Limit);
        await _process.WaitForExitAsync(bound.Token);
        _process.Dispose();
    }

    private static async Task<bool> IsReadyAsync(int port, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            await socket.SendAsync(Question, cancellationToken);
            var answer = new byte[4096];
            var count = await socket.ReceiveAsync(answer, cancellationToken);
            return answer.AsSpan(0, count).StartsWith("HTTP/1.1 200"u8);
        }
        catch (SocketException)
        {
            return false; // Nobody listens yet.
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
