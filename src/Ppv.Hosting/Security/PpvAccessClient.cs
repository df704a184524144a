using Ppv.Protocol.Validation;

namespace Ppv.Hosting;

/// <summary>A client that may show a key: one of <c>Ppv:Access:Clients</c>. It has either a key or a file of one.</summary>
public sealed class PpvAccessClient
{
    /// <summary>
    /// The key: 16 to 256 printable ASCII characters without spaces, another one for each client. Default <see langword="null"/>. Never
    /// logged.
    /// </summary>
    [Secret]
    public string? Key { get; set; }

    /// <summary>
    /// A file that holds the key and nothing else; a line break at its end does not count. A relative path starts at the program's folder.
    /// Default <see langword="null"/>. It is read again at most a second after it was changed. When it is gone, so is the client's access;
    /// when it can't be read or holds no key, that is logged and the key before stays.
    /// </summary>
    public string? KeyFile { get; set; }

    /// <summary>
    /// Whose orders it places and sees, as a name like a client's. Default <see langword="null"/>: its own. Ids, keys and calls of one
    /// owner are as if they were not there for all others. Give a client's second key the name of the first one, so that both are one.
    /// </summary>
    public string? Owner { get; set; }

    /// <summary>What the client may do. Default <see cref="PpvAccessRole.Orders"/>.</summary>
    public PpvAccessRole Role { get; set; } = PpvAccessRole.Orders;
}
