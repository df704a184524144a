using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ppv.TestKit;

/// <summary>Issues certificates for tests: for servers, for clients, and for other issuers. Its own is valid for some days.</summary>
public sealed class TestAuthority : IDisposable
{
    private static readonly Oid ForServers = new("1.3.6.1.5.5.7.3.1"), ForClients = new("1.3.6.1.5.5.7.3.2");
    private static readonly TimeSpan OwnLife = TimeSpan.FromDays(10), Life = TimeSpan.FromDays(1);

    private readonly X509Certificate2 _certificate;

    /// <summary>Makes an issuer.</summary>
    /// <param name="name">Its common name.</param>
    /// <param name="issuer">Who vouches for it; nobody but itself by default.</param>
    public TestAuthority(string name = "Test CA", TestAuthority? issuer = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        var now = TimeProvider.System.GetUtcNow();
        _certificate = issuer is null
            ? request.CreateSelfSigned(now - OwnLife, now + OwnLife)
            : Signed(request, key, issuer, now - OwnLife, now + OwnLife);
    }

    /// <summary>Its certificate, without the key, as a PEM file has it.</summary>
    public string Pem => _certificate.ExportCertificatePem() + "\n";

    /// <summary>Issues a certificate with a key.</summary>
    /// <param name="names">Host names and addresses that it is for; the first one is its common name too.</param>
    /// <param name="from">From when on it is valid, seen from now; by default a day ago.</param>
    /// <param name="to">Until when it is valid, seen from now; by default in a day.</param>
    /// <param name="isForServers">Whether it is made for servers, and not for clients.</param>
    public X509Certificate2 Issue(string[] names, TimeSpan? from = null, TimeSpan? to = null, bool isForServers = true)
    {
        ArgumentNullException.ThrowIfNull(names);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={names[0]}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([isForServers ? ForServers : ForClients], false));
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address)) alternatives.AddIpAddress(address);
            else alternatives.AddDnsName(name);
        }

        request.CertificateExtensions.Add(alternatives.Build());
        var now = TimeProvider.System.GetUtcNow();
        return Signed(request, key, this, now + (from ?? -Life), now + (to ?? Life));
    }

    /// <summary>As <see cref="Issue"/>, for a client.</summary>
    public X509Certificate2 IssueToClient(string name, TimeSpan? from = null, TimeSpan? to = null) =>
        Issue([name], from, to, isForServers: false);

    /// <inheritdoc/>
    public void Dispose() => _certificate.Dispose();

    private static X509Certificate2 Signed(
        CertificateRequest request, ECDsa key, TestAuthority issuer, DateTimeOffset from, DateTimeOffset to)
    {
        // Never longer than the issuer itself, which would not sign it.
        var last = new DateTimeOffset(issuer._certificate.NotAfter);
        using var signed = request.Create(issuer._certificate, from, to < last ? to : last, RandomNumberGenerator.GetBytes(16));
        return signed.CopyWithPrivateKey(key);
    }
}
