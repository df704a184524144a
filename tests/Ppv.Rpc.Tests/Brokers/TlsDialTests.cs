using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Brokers.RabbitMq;
using Ppv.Rpc.Tests.Support;
using Ppv.Rpc.Tls;
using Ppv.TestKit;

namespace Ppv.Rpc.Tests.Brokers;

/// <summary>AMQP over TLS, against a server of the test's own that gets as far as the first bytes of AMQP.</summary>
public sealed class TlsDialTests : IDisposable
{
    private const string Name = "rabbit.example";
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TestAuthority _issuer = new();
    private readonly CertificateFiles _files = new();
    private readonly X509Certificate2 _certificate;

    public TlsDialTests()
    {
        _listener.Start();
        _files.Write("ca.pem", _issuer.Pem);
        using var issued = _issuer.Issue([Name]);
        _certificate = X509CertificateLoader.LoadPkcs12(issued.Export(X509ContentType.Pkcs12), null);
    }

    private BrokerHost Host => new(Name, ((IPEndPoint)_listener.LocalEndpoint).Port) { UseTls = true };

    public void Dispose()
    {
        _listener.Dispose();
        _certificate.Dispose();
        _issuer.Dispose();
        _files.Dispose();
    }

    [Fact]
    public async Task A_tls_host_is_spoken_to_over_tls_by_its_name()
    {
        var serving = ServeAsync();
        var dialling = Dialer(tls => tls.CaFile = _files["ca.pem"]).DialAsync(Host, "test", CancellationToken.None);

        (await serving.Within()).ShouldBe((Name, "AMQP"));
        await Should.ThrowAsync<BrokerException>(dialling.Within()); // The server says no more.
    }

    [Fact]
    public async Task A_server_that_nobody_vouches_for_is_not_told_the_login_and_somebody_must_act()
    {
        var serving = ServeAsync();
        var failure = await Should.ThrowAsync<BrokerException>(Dialer().DialAsync(Host, "test", CancellationToken.None).Within());

        failure.NeedsAttention.ShouldBeTrue();
        failure.Message.ShouldStartWith($"RabbitMQ on {Host} can't be trusted. ");
        failure.Message.ShouldContain("was issued by 'CN=Test CA', whom this machine does not trust");
        (await serving.Within()).First.ShouldBe("");
    }

    [Fact]
    public async Task Where_revocation_is_to_be_checked_a_certificate_that_says_not_where_is_refused()
    {
        var serving = ServeAsync();
        var failure = await Should.ThrowAsync<BrokerException>(
            Dialer(tls => (tls.CaFile, tls.RevocationMode) = (_files["ca.pem"], X509RevocationMode.Online))
                .DialAsync(Host, "test", CancellationToken.None).Within());

        failure.Message.ShouldContain("may have been revoked, which could not be found out. Let this machine reach the issuer's list, or "
            + "set Ppv:Broker:Tls:RevocationMode to NoCheck.");
        (await serving.Within()).First.ShouldBe("");
    }

    [Fact]
    public async Task A_file_that_can_not_be_used_at_the_first_attempt_is_a_reason_not_to_dial()
    {
        var failure = await Should.ThrowAsync<BrokerException>(
            Dialer(tls => tls.CaFile = _files["missing.pem"]).DialAsync(Host, "test", CancellationToken.None));
        failure.NeedsAttention.ShouldBeTrue();
        failure.Message.ShouldStartWith($"RabbitMQ on {Host} was not dialled: Ppv:Broker:Tls:CaFile is \"{_files["missing.pem"]}\", ");
    }

    [Fact]
    public void Nothing_older_than_tls_1_2_is_spoken()
    {
        var versions = new TlsDial(new BrokerTlsOptions(), new TlsIdentity(null, null, []), Host, Name).ToSslOption().Version;
        versions.ShouldBe(SslProtocols.Tls12 | SslProtocols.Tls13);
    }

    private static RabbitMqDialer Dialer(Action<BrokerTlsOptions>? configure = null)
    {
        var options = new BrokerOptions { DialTimeout = TimeSpan.FromSeconds(10) };
        configure?.Invoke(options.Tls);
        return new RabbitMqDialer(
            options, TimeProvider.System, resolve: (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]));
    }

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
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            return (name, "");
        }
    }
}
