using Ppv.Protocol.Validation;

namespace Ppv.Hosting;

/// <summary>
/// Who may do what over HTTP. Section <c>Ppv:Access</c>. Read at start, except for key files, which are read again while the program runs.
/// </summary>
public sealed class PpvAccessOptions
{
    /// <summary>
    /// The clients by their names, each with a key: 1 to 63 letters, digits and <c>- . _</c>; upper and lower case are the same. Default
    /// empty: orders are taken from anybody who reaches the gateway, as the voice platform has no key. With a client of the role
    /// <see cref="PpvAccessRole.Orders"/> the order endpoints demand one. A client shows its key in the header <c>X-Api-Key</c>, or as the
    /// password of HTTP Basic (RFC 7617) with its name as the user. To change a key without a gap, add a second client and take the first
    /// one away later.
    /// </summary>
    public Dictionary<string, PpvAccessClient> Clients { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// How many wrong keys an address (IPv6: a network of 64 bits) may show in <see cref="WrongKeysWindow"/>, 1..1,000,000. What comes from
    /// there beyond it is answered with 429, and compared only with the keys of clients that have shown theirs from there before, and, as
    /// often in the window for all such addresses together, with all keys, if it is as long as one of them; from this machine it is always
    /// compared, as a proxy that is not among <see cref="OrderEndpointOptions.KnownProxies"/> may stand there. Default 100.
    /// <see langword="null"/>: any number.
    /// </summary>
    [InRange(1, 1_000_000)]
    public int? WrongKeysPerAddress { get; set; } = 100;

    /// <summary>The time to which <see cref="WrongKeysPerAddress"/> refers, 1 s to 1 h. Default 10 s.</summary>
    [InRange("00:00:01", "01:00:00")]
    public TimeSpan WrongKeysWindow { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether orders are taken only from those who show a key.</summary>
    internal bool AsksForOrders => Clients.Values.Any(client => client is { Role: PpvAccessRole.Orders });
}
