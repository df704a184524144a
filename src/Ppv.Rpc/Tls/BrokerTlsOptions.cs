using System.Security.Cryptography.X509Certificates;
using Ppv.Protocol.Validation;

namespace Ppv.Rpc;

/// <summary>
/// Whom to trust, and who to be, on hosts that are spoken to over TLS (<c>amqps://</c> in <see cref="BrokerOptions.Hosts"/>); TLS 1.2 or
/// later. Section <c>Ppv:Broker:Tls</c>. The files are read at each attempt to connect, so that a renewed one needs no restart; one that
/// has become unreadable is logged, and what it held before is used. A relative path starts at the program's folder.
/// </summary>
public sealed class BrokerTlsOptions
{
    /// <summary>
    /// A PEM file with the certificates of those who may issue a broker's certificate: exactly these are trusted then, and not what the
    /// machine trusts. Default <see langword="null"/>: what the machine trusts.
    /// </summary>
    public string? CaFile { get; set; }

    /// <summary>
    /// The certificate by which a broker that asks for one knows us (mutual TLS): a PEM file, with intermediate certificates after it, or
    /// a PFX file (PKCS #12), which has its key in it. Default <see langword="null"/>: none.
    /// </summary>
    public string? CertificateFile { get; set; }

    /// <summary>
    /// The PEM file of the key to <see cref="CertificateFile"/>. Default <see langword="null"/>: the key is in that file too.
    /// </summary>
    public string? KeyFile { get; set; }

    /// <summary>
    /// The password of the PFX file or of an encrypted PEM key. Default <see langword="null"/>: there is none. Never logged.
    /// </summary>
    [Secret]
    public string? KeyPassword { get; set; }

    /// <summary>
    /// Whether a broker's certificate must be valid for the host's name, or for the name that its entry has as
    /// <c>server_name_indication</c> (see <see cref="BrokerOptions.Hosts"/>). Default <see langword="true"/>. Without it, whoever has any
    /// certificate of a trusted issuer can pass for the broker; a warning at start says so.
    /// </summary>
    public bool CheckHostName { get; set; } = true;

    /// <summary>
    /// Whether to ask the issuer if a broker's certificate was revoked. Default <see cref="X509RevocationMode.NoCheck"/>. With
    /// <see cref="X509RevocationMode.Online"/> a list that can't be fetched within <see cref="BrokerOptions.DialTimeout"/> refuses the
    /// broker; <see cref="X509RevocationMode.Offline"/> looks only at lists that the machine has.
    /// </summary>
    [Defined]
    public X509RevocationMode RevocationMode { get; set; } = X509RevocationMode.NoCheck;

    /// <summary>Whether any of it was changed: then somebody counts on TLS.</summary>
    internal bool IsConfigured =>
        CaFile is not null || CertificateFile is not null || KeyFile is not null || KeyPassword is not null || !CheckHostName
        || RevocationMode != X509RevocationMode.NoCheck;
}
