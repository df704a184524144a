using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Ppv.Hosting.Running;

/// <summary>
/// <c>--health</c>: asks the program that runs, over its own HTTP address, how it is. For the HEALTHCHECK of an image in which there is no
/// shell and no curl.
/// </summary>
internal static class HealthProbe
{
    /// <summary>Less than a container engine waits for its check.</summary>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(5);

    /// <returns>The exit code: 0 for an answer that says well, else 1.</returns>
    public static async Task<int> RunAsync(IConfiguration configuration, string what, TextWriter output, TimeSpan limit)
    {
        try
        {
            var addresses = HttpAddresses.Of(configuration);
            var address = addresses.FirstOrDefault(candidate => candidate.Scheme == "http") ?? addresses[0];
            return await AskAsync(address, what, output, limit).ConfigureAwait(false);
        }
        catch (FormatException e)
        {
            await output.WriteLineAsync($"Urls can't be read: {e.Message}").ConfigureAwait(false);
            return ExitCodes.Failed;
        }
    }

    private static async Task<int> AskAsync(BindingAddress address, string what, TextWriter output, TimeSpan limit)
    {
        var uri = new UriBuilder(address.Scheme, HttpAddresses.Reachable(address)) { Path = $"/health/{what}" };
        if (!address.IsUnixPipe) uri.Port = address.Port;
        using var handler = new SocketsHttpHandler { UseProxy = false };
        // It is for the name by which others know the service, and perhaps trusted by them only; here the service asks itself.
        handler.SslOptions.RemoteCertificateValidationCallback =
            static (_, _, _, errors) => errors != SslPolicyErrors.RemoteCertificateNotAvailable;
        if (address.IsUnixPipe) handler.ConnectCallback = (_, token) => ConnectAsync(address.UnixPipePath, token);
        using var http = new HttpClient(handler) { Timeout = limit };
        try
        {
            using var answer = await http.GetAsync(uri.Uri).ConfigureAwait(false);
            await output.WriteLineAsync((await answer.Content.ReadAsStringAsync().ConfigureAwait(false)).TrimEnd()).ConfigureAwait(false);
            return answer.StatusCode == HttpStatusCode.OK ? 0 : ExitCodes.Failed;
        }
        catch (HttpRequestException e)
        {
            await output.WriteLineAsync($"Nothing answers at {address}: {e.Message}. Is the program running, and with these Urls?")
                .ConfigureAwait(false);
        }
        catch (TaskCanceledException)
        {
            await output.WriteLineAsync(FormattableString.Invariant($"{address} did not answer within {limit.TotalSeconds} s."))
                .ConfigureAwait(false);
        }

        return ExitCodes.Failed;
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
