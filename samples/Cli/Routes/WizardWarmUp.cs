using System.Net;
using System.Net.Sockets;
using Ppv.Protocol;

namespace Ppv.Samples.Cli.Routes;

/// <summary>
/// Exchanges one command with a socket of our own: code is compiled when it runs for the first time, and that time belongs to nobody's
/// answer.
/// </summary>
internal static class WizardWarmUp
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);
    private static readonly LineNumber Line = new(1);

    public static async Task RunAsync(RouteDialer dialer, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var (host, port) = (IPAddress.Loopback.ToString(), ((IPEndPoint)listener.LocalEndpoint).Port);
        await using var client = new WizardClient(
            new WizardOptions { Host = host, Port = port, MaxConnectRetries = 0, ResponseTimeout = Limit }, logger: null, time,
            async token => (await dialer.DialAsync(host, port, token)).Socket);
        var answering = AnswerAsync(listener, either.Token);
        try
        {
            await client.SendAsync(new WizardRequest(Line, PpvCommand.Event("1"), DateTimeOffset.MaxValue), either.Token);
            await answering;
        }
        catch (Exception problem) when (problem is WizardException or SocketException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested(); // Else the first answer has that time in it, and no more.
        }
    }

    private static async Task AnswerAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        using var socket = await listener.AcceptSocketAsync(cancellationToken);
        await socket.ReceiveAsync(new byte[64], cancellationToken);
        await socket.SendAsync("H001OK\r"u8.ToArray(), cancellationToken);
    }
}
