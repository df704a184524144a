using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Ppv.Deployment.Tests.Support;

/// <summary>A real nginx with the shipped configuration, on loopback, with everything that it writes in one folder.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    private readonly SampleProgram _program;
    private readonly DirectoryInfo _folder;

    private Nginx(SampleProgram program, DirectoryInfo folder, int port, int innerPort) =>
        (_program, _folder, Port, InnerPort) = (program, folder, port, innerPort);

    /// <summary>Where callers place their orders.</summary>
    public int Port { get; }

    /// <summary>Where its second step takes them.</summary>
    public int InnerPort { get; }

    /// <summary>The shipped configuration.</summary>
    public static string Shipped => File.ReadAllText(RepositoryPaths.PathTo("samples", "deploy", "nginx", "ppv.conf"));

    /// <summary>Starts it and waits until it takes connections.</summary>
    /// <param name="gateways">The ports of the two gateways.</param>
    /// <param name="change">What a test changes in the shipped configuration.</param>
    /// <exception cref="InvalidOperationException">There is no nginx here and it can't be installed, or it does not start.</exception>
    public static async Task<Nginx> StartAsync((int First, int Second) gateways, Func<string, string>? change = null)
    {
        var nginx = await Tools.PathAsync("nginx");
        var folder = Directory.CreateTempSubdirectory("ppv-nginx-");
        var (port, inner) = (FreePort(), FreePort());
        var configuration = Write(folder, (change ?? (text => text))(At(Shipped, port, inner, gateways)));
        var program = SampleProgram.Start(new ProcessStartInfo(nginx, ["-p", folder.FullName, "-c", configuration]));
        var started = new Nginx(program, folder, port, inner);
        try
        {
            await started.ListensAsync();
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>What <c>nginx -t</c> says of a configuration with these ports.</summary>
    public static async Task<CommandLine.Result> TestAsync()
    {
        var folder = Directory.CreateTempSubdirectory("ppv-nginx-");
        var configuration = Write(folder, At(Shipped, FreePort(), FreePort(), (FreePort(), FreePort())));
        var result = await CommandLine.RunAsync(
            await Tools.PathAsync("nginx"), ["-t", "-q", "-p", folder.FullName, "-c", configuration], Bounds.Limit);
        folder.Delete(recursive: true);
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        await _program.TerminateAsync();
        await _program.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>A port of loopback at which nobody listens, below those that the system gives to outgoing connections.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }

    private static string At(string text, int port, int inner, (int First, int Second) gateways)
    {
        foreach (var (shipped, here) in ((string, string)[])
        [
            ("listen 8070;", $"listen 127.0.0.1:{port};"),
            ("127.0.0.1:8079", $"127.0.0.1:{inner}"),
            (":8081", $":{gateways.First}"),
            (":8082", $":{gateways.Second}"),
            ("/var/log/nginx/ppv.log", "ppv.log"),
        ])
        {
            text.ShouldContain(shipped);
            text = text.Replace(shipped, here, StringComparison.Ordinal);
        }

        return text;
    }

    private static string Write(DirectoryInfo folder, string site)
    {
        File.WriteAllText(Path.Combine(folder.FullName, "ppv.conf"), site);
        var main = Path.Combine(folder.FullName, "nginx.conf");
        File.WriteAllText(main, """
            daemon off;
            worker_processes 2;
            pid nginx.pid;
            error_log error.log info;
            events { worker_connections 256; }
            http {
                access_log access.log;
                client_body_temp_path body;
                proxy_temp_path proxy;
                fastcgi_temp_path fastcgi;
                uwsgi_temp_path uwsgi;
                scgi_temp_path scgi;
                include ppv.conf;
            }
            """);
        return main;
    }

    private async Task ListensAsync()
    {
        for (var since = Stopwatch.StartNew(); ;)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException) when (since.Elapsed < Bounds.Limit)
            {
                await Task.Yield();
            }
            catch (SocketException e)
            {
                var log = Path.Combine(_folder.FullName, "error.log");
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                    $"nginx does not listen on {Port}. It said:\n{_program.Output}{(File.Exists(log) ? File.ReadAllText(log) : "")}"), e);
            }
        }
    }
}
