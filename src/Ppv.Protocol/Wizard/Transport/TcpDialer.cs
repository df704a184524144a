using System.Net.Sockets;

namespace Ppv.Protocol.Wizard.Transport;

/// <summary>Opens a connection to Wizard, once.</summary>
internal delegate Task<Socket> Dial(CancellationToken cancellationToken);

/// <summary>Opens a TCP connection.</summary>
internal static class TcpDialer
{
    public static async Task<Socket> DialAsync(string host, int port, CancellationToken cancellationToken)
    {
        // Without delay: a command is one small segment, and its answer is waited for.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            var connecting = socket.ConnectAsync(host, port, cancellationToken).AsTask();
            _ = connecting.ContinueWith(static task => task.Exception, CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            // Looking up a name can't be interrupted on every platform; waiting for it can.
            await connecting.WaitAsync(cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
