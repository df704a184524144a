using System.Net;
using System.Net.Sockets;

namespace Ppv.Protocol.Network;

/// <summary>Looks up the addresses of a host, in the order of preference.</summary>
internal delegate Task<IPAddress[]> Resolve(string host, CancellationToken cancellationToken);

/// <summary>
/// Connects to a host by whichever of its addresses answers first (RFC 8305), so that one that swallows every packet, such as an IPv6
/// address without a route, does not use up the time that a good one needed. Safe for use by several threads.
/// </summary>
internal static class SideBySideDialer
{
    /// <summary>How long an attempt has to itself before the next address is tried too: RFC 8305 section 8.</summary>
    public static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);

    /// <summary>Looks the name up and connects; the socket sends without delay.</summary>
    /// <param name="host">A name or an address.</param>
    /// <param name="port">The TCP port, the same at every address.</param>
    /// <param name="timeProvider">The clock of <see cref="AttemptDelay"/>.</param>
    /// <param name="cancellationToken">Ends it all.</param>
    /// <param name="resolve">Looks the name up; the system's resolver by default.</param>
    /// <exception cref="SocketException">
    /// The name has no address, or none of its addresses can be connected to; the message names host, addresses and reasons.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; it is the only limit.</exception>
    public static async Task<Socket> DialAsync(
        string host, int port, TimeProvider timeProvider, CancellationToken cancellationToken, Resolve? resolve = null)
    {
        // Looking up a name can't be interrupted on every platform; waiting for it can.
        var lookup = (resolve ?? Dns.GetHostAddressesAsync)(host, cancellationToken);
        _ = lookup.ContinueWith(
            static late => late.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        var addresses = await lookup.WaitAsync(cancellationToken).ConfigureAwait(false);
        return await RaceAsync(
            host, addresses, (address, end) => ConnectAsync(address, port, end), timeProvider, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// The first connection that comes about. The other attempts are cancelled, and what they still bring is disposed of.
    /// </summary>
    /// <param name="host">For messages.</param>
    /// <param name="addresses">In the order of preference that the resolver gave.</param>
    /// <param name="connect">Tries one address; fails with a <see cref="SocketException"/>.</param>
    /// <param name="timeProvider">The clock of <see cref="AttemptDelay"/>.</param>
    /// <param name="cancellationToken">Ends it all.</param>
    public static async Task<T> RaceAsync<T>(
        string host, IReadOnlyList<IPAddress> addresses, Func<IPAddress, CancellationToken, Task<T>> connect, TimeProvider timeProvider,
        CancellationToken cancellationToken)
        where T : IDisposable
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waiting = new Queue<IPAddress>(Interleaved(addresses));
        var running = new Dictionary<Task, (IPAddress Address, Task<T> Attempt)>();
        var failures = new List<(IPAddress Address, SocketException Error)>();
        try
        {
            while (waiting.Count + running.Count > 0)
            {
                if (waiting.TryDequeue(out var next))
                {
                    var attempt = connect(next, end.Token);
                    running.Add(attempt, (next, attempt));
                }

                var pause = waiting.Count > 0 ? [Task.Delay(AttemptDelay, timeProvider, end.Token)] : Array.Empty<Task>();
                var ended = await Task.WhenAny([.. running.Keys, .. pause]).WaitAsync(cancellationToken).ConfigureAwait(false);
                if (!running.Remove(ended, out var first)) continue;
                try
                {
                    return await first.Attempt.ConfigureAwait(false);
                }
                catch (SocketException e)
                {
                    failures.Add((first.Address, e));
                }
            }
        }
        finally
        {
            foreach (var (_, loser) in running.Values) DisposeLate(loser);
            await end.CancelAsync().ConfigureAwait(false);
        }

        throw NoneAnswered(host, failures);
    }

    /// <summary>
    /// The addresses in their order, the families taking turns: what keeps one of a family from being reached mostly keeps all of them.
    /// </summary>
    public static IEnumerable<IPAddress> Interleaved(IReadOnlyList<IPAddress> addresses)
    {
        var (first, second) = (addresses.Where(a => a.AddressFamily == addresses[0].AddressFamily).ToList(), addresses.Where(
            a => a.AddressFamily != addresses[0].AddressFamily).ToList());
        for (var i = 0; i < Math.Max(first.Count, second.Count); i++)
        {
            if (i < first.Count) yield return first[i];
            if (i < second.Count) yield return second[i];
        }
    }

    private static async Task<Socket> ConnectAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        // Without delay: what is sent is small, and its answer is waited for.
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, port, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void DisposeLate<T>(Task<T> loser)
        where T : IDisposable =>
        loser.ContinueWith(
            static late =>
            {
                if (late.IsCompletedSuccessfully) late.Result.Dispose();
                else _ = late.Exception; // It has lost; why is of no interest.
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private static SocketException NoneAnswered(string host, List<(IPAddress Address, SocketException Error)> failures) =>
        failures.Count == 0
            ? new SocketException((int)SocketError.HostNotFound, $"{host} has no address")
            : new SocketException(
                (int)failures[^1].Error.SocketErrorCode,
                $"{host} can't be connected to: "
                    + $"{string.Join("; ", failures.Select(failure => $"{failure.Address}: {failure.Error.Message}"))}");
}
