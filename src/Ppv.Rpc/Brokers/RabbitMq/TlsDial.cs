using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Ppv.Rpc.Tls;
using RabbitMQ.Client;

namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>One attempt to connect over TLS: what the client library is told, and what came of it.</summary>
internal sealed class TlsDial(BrokerTlsOptions options, TlsIdentity identity, BrokerHost host, string serverName)
{
    private readonly ServerCertificateCheck _check = new(options, identity, host.ToString(), serverName);

    /// <summary>Why the broker's certificate was refused, in full sentences; <see langword="null"/> when it was not.</summary>
    public string? Refusal => _check.Refusal;

    /// <summary>Whether the broker has shown a certificate, and a good one.</summary>
    public bool HasAccepted => _check.HasAccepted;

    /// <summary>Our own certificate, <see langword="null"/> when there is none.</summary>
    public X509Certificate2? OwnCertificate => identity.Certificate;

    public SslOption ToSslOption()
    {
        var ssl = new SslOption
        {
            Enabled = true,
            ServerName = serverName,
            Version = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateValidationCallback = _check.Validate,
        };
        if (identity.Certificate is { } own)
        {
            ssl.Certs = [own];
            // With what stands between it and its root, which the broker may not have.
            ssl.ClientCertificateContext = SslStreamCertificateContext.Create(own, identity.Intermediates, offline: true);
        }

        return ssl;
    }
}
