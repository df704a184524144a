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

    /// <summary>Whether orders are taken only from those who show a key.</summary>
    internal bool AsksForOrders => Clients.Values.Any(client => client is { Role: PpvAccessRole.Orders });
}
