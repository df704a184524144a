using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Ppv.TestKit;
using Command = Ppv.TestKit.CommandLine;

namespace Ppv.Benchmarks.Startup;

/// <summary>Starts a program, waits until it is ready, and stops it as a service manager does.</summary>
internal sealed class HostStart(BrokerAddress broker, int wizardPort, string folder)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private static readonly byte[] Question =
        "GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray();

    private readonly string _queue = $"bench.start.{Guid.NewGuid():N}";

    public async Task<StartTimes> RunAsync(PublishedHost host)
    {
        var port = FreePort();
        var start = new ProcessStartInfo(host.File,
        [
            $"--urls=http://127.0.0.1:{port}", $"--Ppv:Broker:Hosts:0={broker.HostAndPort}",
            $"--Ppv:Broker:VirtualHost={broker.VirtualHost}", $"--Ppv:Broker:UserName={broker.UserName}",
            $"--Ppv:Broker:Password={broker.Password}", $"--Ppv:Rpc:Queue={_queue}", "--Ppv:Wizard:Host=127.0.0.1",
            $"--Ppv:Wizard:Port={wizardPort}", $"--Ppv:Server:Journal:Path={Path.Combine(folder, "orders.db")}",
        ])
        { RedirectStandardOutput = true, RedirectStandardError = true };
        using var bound = new CancellationTokenSource(Limit);
        var before = Stopwatch.GetTimestamp();
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{host.File} did not start.");
        var printed = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var complained = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            while (!await IsReadyAsync(port, bound.Token)) await Task.Delay(Pause, TimeProvider.System, bound.Token);
            var times = new StartTimes(Stopwatch.GetElapsedTime(before), process.TotalProcessorTime);
            await Command.RunCheckedAsync("kill", [process.Id.ToString(CultureInfo.InvariantCulture)], Limit);
            await process.WaitForExitAsync(bound.Token);
            return times;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{host} was not ready within {Limit.TotalSeconds} s:\n{await printed}{await complained}");
        }
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

/// <summary>What one start took.</summary>
/// <param name="Time">From the start of the process until it was ready.</param>
/// <param name="Processor">The processor time of the program until then.</param>
internal readonly record struct StartTimes(TimeSpan Time, TimeSpan Processor)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Time.TotalSeconds:0.000} s");
}
