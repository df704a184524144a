using System.Net;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Ppv.Hosting.Configuration;
using Ppv.Hosting.Preflight;
using Ppv.Hosting.Running;
using Ppv.Hosting.Security;

namespace Ppv.Hosting.Gateway;

/// <summary>
/// Ticks off what <c>docs/deployment.md</c> asks for before strangers can reach a gateway, as far as the program can see it. What is open
/// keeps nobody from starting: most gateways are reached by a voice platform only.
/// </summary>
internal sealed class StrangersPreflight(
    IOptions<PpvGatewayOptions> options, IOptions<PpvAccessOptions> access, IOptions<HostFilteringOptions> names,
    IConfiguration configuration, IHostEnvironment environment) : IPreflightCheck
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    public Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Finding>>([.. Items().Select(static item => item.Open is null
            ? Finding.Ok($"Before strangers: {item.Name}.")
            : new Finding(Verdict.Todo, $"Before strangers: {item.Name}: {item.Open}"))]);

    /// <summary>The names are those of the page.</summary>
    private IEnumerable<(string Name, string? Open)> Items()
    {
        var gateway = options.Value.Gateway;
        yield return ("orders need a key", access.Value.AsksForOrders ? null
            : "name the clients in Ppv:Access:Clients, unless the host asks for authorization itself.");
        yield return ("keys are in files of the program's own", access.Value.Clients.Count == 0
            ? "no client has a key; give each that you name a KeyFile."
            : KeyThatIsNot() is { } client
                ? $"give client {client} a KeyFile of this program's account that nobody else may read (mode 0400)."
                : null);
        yield return ("the port is this machine's, or speaks TLS", Addresses().FirstOrDefault(IsOpen) is { } open
            ? $"{open} is open to the network without TLS; set Urls to loopback behind a proxy that speaks TLS, or to https."
            : null);
        yield return ("the server's names are known", !HostNames.TakeAny(names.Value.AllowedHosts) ? null
            : "name them in AllowedHosts, with the one that nginx passes on.");
        yield return ("the proxies are known", gateway.KnownProxies.Count == 0
            ? "name them in Ppv:Gateway:KnownProxies, or all callers count as one."
            : IsLocalOnly() && !gateway.KnownProxies.Exists(IsOfThisMachine)
                ? "name the one on this machine in Ppv:Gateway:KnownProxies (127.0.0.1 and ::1): nobody else reaches Urls."
            : ProxyWarnings.NearlyEverybody(gateway.KnownProxies) is { } everybody
                ? $"name them alone in Ppv:Gateway:KnownProxies; {everybody} takes in nearly everybody."
                : null);
        yield return ("each client has a limit", gateway.Limits.RequestsPerClient is not null ? null
            : "set Ppv:Gateway:Limits:RequestsPerClient.");
        yield return ("the gateway has a limit", gateway.Limits.MaxConcurrentRequests > options.Value.Rpc.MaxPendingRequests ? null
            : "set Ppv:Gateway:Limits:MaxConcurrentRequests, larger than Ppv:Rpc:MaxPendingRequests.");
        yield return ("the way to the broker is encrypted, or on this machine", HostInClear() is { } host
            ? $"reach {host} over TLS (amqps://)."
            : null);
        yield return ("nothing is tried out here", environment.IsDevelopment()
            ? "the environment is Development, which shows the page to send orders; leave ASPNETCORE_ENVIRONMENT away."
            : null);
    }

    private string? KeyThatIsNot() => access.Value.Clients
        .Where(client => client.Value is { Role: PpvAccessRole.Orders or PpvAccessRole.Operator })
        .FirstOrDefault(client => client.Value.KeyFile is not { } file || IsForOthers(file)).Key;

    /// <summary>Where there are no such rights, nothing is known; whose file it should be, not as root.</summary>
    private static bool IsForOthers(string file) => !OperatingSystem.IsWindows()
        && Path.GetFullPath(file, AppContext.BaseDirectory) is var path && File.Exists(path)
        && ((File.GetUnixFileMode(path) & Others) != 0 || (!Environment.IsPrivilegedProcess && RegularFile.IsOfAnother(path)));

    private IEnumerable<BindingAddress> Addresses() => HttpAddresses.Of(configuration);

    private bool IsLocalOnly() => Addresses().SelectMany(HttpAddresses.Interfaces).ToList() is { Count: > 0 } interfaces
        && interfaces.TrueForAll(IPAddress.IsLoopback);

    private static bool IsOfThisMachine(string proxy) => ForwardedFor.TryParse(proxy, out var network)
        && (network.Contains(IPAddress.Loopback) || network.Contains(IPAddress.IPv6Loopback));

    private static bool IsOpen(BindingAddress address) => !address.Scheme.Equals(Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase)
        && HttpAddresses.Interfaces(address).Any(ip => !IPAddress.IsLoopback(ip));

    private string? HostInClear() => options.Value.Broker.ParseHosts()
        .Where(host => !host.UseTls && !Loopback.IsName(host.Name)).Select(host => host.Name).FirstOrDefault();
}
