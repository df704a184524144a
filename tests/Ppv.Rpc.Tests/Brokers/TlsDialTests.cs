using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Brokers.RabbitMq;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Brokers;

/// <summary>AMQP over TLS, against a server of the test's own that gets as far as the first bytes of AMQP.</summary>
public sealed class TlsDialTests : IDisposable
{
    private const string Name = "rabbit.example";
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate = Certificate();

    public TlsDialTests() => _listener.Start();

    private BrokerHost Host => new(Name, ((IPEndPoint)_listener.LocalEndpoint).Port) { UseTls = true };

    public void Dispose()
    {
        _listener.Dispose();
        _certificate.Dispose();
    }

    [Fact]
    public async Task A_tls_host_is_spoken_to_over_tls_by_its_name()
    {
        string? checkedName = null;
        var serving = ServeAsync();
        var dialling = Dialer((sender, certificate, _, _) =>
        {
            checkedName = ((SslStream)sender).TargetHostName;
            return certificate is not null && certificate.GetCertHashString() == _certificate.GetCertHashString();
        }).DialAsync(Host, "test", CancellationToken.None);

        (await serving.Within()).ShouldBe((Name, "AMQP"));
        checkedName.ShouldBe(Name);
        await Should.ThrowAsync<BrokerException>(dialling.Within()); // The server says no more.
    }

    [Fact]
    public async Task A_server_that_nobody_vouches_for_is_not_told_the_login_and_somebody_must_act()
    {
        var serving = ServeAsync();
        var failure = await Should.ThrowAsync<BrokerException>(Dialer(null).DialAsync(Host, "test", CancellationToken.None).Within());

        failure.NeedsAttention.ShouldBeTrue();
        failure.Message.ShouldStartWith($"RabbitMQ on {Host} can't be trusted: ");
        failure.Message.ShouldContain($"must be valid for '{Name}'");
        (await serving.Within()).First.ShouldBe("");
    }

    private static RabbitMqDialer Dialer(RemoteCertificateValidationCallback? check) => new(
        new BrokerOptions { DialTimeout = TimeSpan.FromSeconds(10) }, TimeProvider.System,
        resolve: (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]), certificateCheck: check);

    /// <summary>Takes one connection.</summary>
    /// <returns>The name that it asked for, and the first four bytes that it sent inside TLS.</returns>
    private async Task<(string Name, string First)> ServeAsync()
    {
        using var client = await _listener.AcceptTcpClientAsync();
        await using var tls = new SslStream(client.GetStream());
        var name = "";
        try
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificateSelectionCallback = (_, asked) =>
                {
                    name = asked ?? "";
                    return _certificate;
                },
            });
            var first = new byte[4];
            await tls.ReadExactlyAsync(first);
            return (name, Encoding.ASCII.GetString(first));
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            return (name, "");
        }
    }

    private static X509Certificate2 Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={Name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
