using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Ppv.Broker.Tests.Brokers;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;

namespace Ppv.Broker.Tests.Tls;

/// <summary>TLS to a real broker: whom we trust, who we are, and what is said when it does not fit.</summary>
[Collection(TlsGroup.Name)]
public sealed class TlsTests(TlsBrokers brokers) : IAsyncLifetime
{
    private readonly CertificateFiles _files = new();

    public async ValueTask InitializeAsync() => await brokers.ResetAsync();

    public ValueTask DisposeAsync()
    {
        _files.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_broker_with_the_right_name_and_issuer_is_spoken_to()
    {
        await using var connection = await DialAsync(brokers.A, TlsBrokers.NameOfA);
        (await connection.ConsumeRepliesAsync()).ShouldNotBeNullOrEmpty();
        (await connection.ProbeAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task A_broker_by_its_address_is_spoken_to_when_the_address_is_in_its_certificate()
    {
        await brokers.ShowOnAAsync(brokers.Issuer.Issue([TlsBrokers.NameOfA, "127.0.0.1"]));
        await using var connection = await DialAsync(brokers.A, null);
        (await connection.ConsumeRepliesAsync()).ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Another_name_is_refused_with_both_names_and_what_to_do()
    {
        var failure = await RefusedAsync(brokers.A, null);
        failure.Message.ShouldBe($"RabbitMQ on {TlsBrokers.HostOf(brokers.A)} can't be trusted. Its certificate is for "
            + $"'{TlsBrokers.NameOfA}', not for '127.0.0.1'. If this is the right broker, say so in its entry in Ppv:Broker:Hosts: "
            + $"{TlsBrokers.HostOf(brokers.A)}?server_name_indication=NAME.");
    }

    [Fact]
    public async Task The_certificate_of_one_broker_is_refused_on_the_other()
    {
        await brokers.ShowOnBAsync(brokers.Issuer.Issue([TlsBrokers.NameOfA]));
        var failure = await RefusedAsync(brokers.B, TlsBrokers.NameOfB, WithClientCertificate);
        failure.Message.ShouldContain($"is for '{TlsBrokers.NameOfA}', not for '{TlsBrokers.NameOfB}'");
    }

    [Fact]
    public async Task Another_issuer_than_those_in_the_file_is_refused()
    {
        using var other = new TestAuthority("Somebody else");
        var failure = await RefusedAsync(brokers.A, TlsBrokers.NameOfA, tls => tls.CaFile = _files.Write("other.pem", other.Pem));
        failure.Message.ShouldContain($"was issued by 'CN=PPV brokers', whom {_files["other.pem"]} does not have. Name the issuer's PEM "
            + "file as Ppv:Broker:Tls:CaFile.");
    }

    [Fact]
    public async Task Without_a_file_the_machine_must_trust_the_issuer()
    {
        var failure = await RefusedAsync(brokers.A, TlsBrokers.NameOfA, tls => tls.CaFile = null);
        failure.Message.ShouldContain("was issued by 'CN=PPV brokers', whom this machine does not trust.");
    }

    [Fact]
    public async Task An_expired_certificate_is_refused_with_its_dates()
    {
        var expired = brokers.Issuer.Issue([TlsBrokers.NameOfA], TimeSpan.FromDays(-2), TimeSpan.FromDays(-1));
        var dates = $"{expired.NotBefore.ToUniversalTime():u} to {expired.NotAfter.ToUniversalTime():u}";
        await brokers.ShowOnAAsync(expired);
        var failure = await RefusedAsync(brokers.A, TlsBrokers.NameOfA);
        failure.Message.ShouldContain($"Its certificate is valid from {dates} only, which is not now. Renew it");
    }

    [Fact]
    public async Task A_clients_certificate_is_no_servers()
    {
        await brokers.ShowOnAAsync(brokers.Issuer.IssueToClient(TlsBrokers.NameOfA));
        (await RefusedAsync(brokers.A, TlsBrokers.NameOfA)).Message.ShouldContain("Its certificate is not made for a server.");
    }

    [Fact]
    public async Task A_broker_that_demands_a_certificate_of_us_gets_it()
    {
        await using var connection = await DialAsync(brokers.B, TlsBrokers.NameOfB, WithClientCertificate);
        (await connection.ProbeAfterRepliesAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task So_it_does_from_a_pfx_file_with_a_password()
    {
        using var certificate = brokers.ClientIssuer.IssueToClient("gateway");
        await File.WriteAllBytesAsync(_files["client.pfx"], certificate.Export(X509ContentType.Pkcs12, "geheim"), Bounds.Token);
        await using var connection = await DialAsync(
            brokers.B, TlsBrokers.NameOfB, tls => (tls.CertificateFile, tls.KeyPassword) = (_files["client.pfx"], "geheim"));
        (await connection.ProbeAfterRepliesAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task And_with_the_certificate_that_stands_between_it_and_its_issuer()
    {
        using var intermediate = new TestAuthority("PPV clients of KFS", brokers.ClientIssuer);
        using var certificate = intermediate.IssueToClient("gateway");
        _files.WritePair("client", certificate, intermediate.Pem);
        await using var connection = await DialAsync(brokers.B, TlsBrokers.NameOfB, UseClientFiles);
        (await connection.ProbeAfterRepliesAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task Without_one_the_message_says_that_it_is_missing()
    {
        var failure = await Should.ThrowAsync<BrokerException>(DialAsync(brokers.B, TlsBrokers.NameOfB));
        failure.Message.ShouldStartWith($"RabbitMQ on {TlsBrokers.HostOf(brokers.B)} ended the connection when TLS was agreed on: ");
        failure.Message.ShouldEndWith(
            ". If it demands a certificate of us: there is none. Name it as Ppv:Broker:Tls:CertificateFile.");
    }

    [Fact]
    public async Task One_of_another_issuer_is_refused_and_named()
    {
        using var certificate = brokers.Issuer.IssueToClient("stranger");
        _files.WritePair("client", certificate);
        var failure = await Should.ThrowAsync<BrokerException>(DialAsync(brokers.B, TlsBrokers.NameOfB, UseClientFiles));
        failure.Message.ShouldEndWith(
            $". If it demands a certificate of us: ours is 'CN=stranger', issued by 'CN=PPV brokers' and valid until "
            + $"{certificate.NotAfter.ToUniversalTime():u}; see that the broker trusts its issuer.");
    }

    [Fact]
    public async Task A_port_without_tls_is_told_from_one_with_it()
    {
        var plain = new BrokerHost(brokers.A.Address.Host, brokers.A.Address.Port) { UseTls = true };
        var failure = await Should.ThrowAsync<BrokerException>(DialAsync(brokers.A, plain, plain.ToString(), null));
        failure.Message.ShouldStartWith($"RabbitMQ on {plain} did not agree on TLS: ");
        failure.Message.ShouldEndWith("Check that this is its TLS port (5671 as a rule), and that it speaks TLS 1.2 or later.");
    }

    [Fact]
    public async Task The_name_is_not_checked_only_where_somebody_said_so_and_a_warning_says_it_too()
    {
        var log = new CollectingLoggerProvider();
        await using var connection = await DialAsync(
            brokers.A, TlsBrokers.HostOf(brokers.A), TlsBrokers.EntryOf(brokers.A, null), tls => tls.CheckHostName = false,
            log.CreateLogger("test"));
        (await connection.ProbeAfterRepliesAsync()).ShouldBeTrue();
        log.Snapshot().ShouldContain(entry => entry.EventId.Id == 1350 && entry.Level == LogLevel.Warning);
        using var other = new TestAuthority("Somebody else");
        await RefusedAsync(brokers.A, null, tls => (tls.CheckHostName, tls.CaFile) = (false, _files.Write("other.pem", other.Pem)));
    }

    private void WithClientCertificate(BrokerTlsOptions tls)
    {
        using var certificate = brokers.ClientIssuer.IssueToClient("gateway");
        _files.WritePair("client", certificate);
        UseClientFiles(tls);
    }

    private void UseClientFiles(BrokerTlsOptions tls) =>
        (tls.CertificateFile, tls.KeyFile) = (_files["client.pem"], _files["client-key.pem"]);

    private async Task<BrokerException> RefusedAsync(TestBrokerNode node, string? name, Action<BrokerTlsOptions>? tls = null)
    {
        var failure = await Should.ThrowAsync<BrokerException>(DialAsync(node, name, tls));
        failure.NeedsAttention.ShouldBeTrue(failure.Message);
        return failure;
    }

    private Task<IBrokerConnection> DialAsync(TestBrokerNode node, string? name, Action<BrokerTlsOptions>? tls = null) =>
        DialAsync(node, TlsBrokers.HostOf(node), TlsBrokers.EntryOf(node, name), tls);

    private Task<IBrokerConnection> DialAsync(
        TestBrokerNode node, BrokerHost host, string entry, Action<BrokerTlsOptions>? tls, ILogger? logger = null)
    {
        var options = RealConnection.Options(node.Address);
        options.Hosts = [entry];
        options.DialTimeout = TimeSpan.FromSeconds(30); // A busy machine takes its time over a handshake.
        options.Tls.CaFile = _files.Write("ca.pem", brokers.Issuer.Pem);
        tls?.Invoke(options.Tls);
        return RealConnection.Dialer(options, logger).DialAsync(host, "test", Bounds.Token);
    }
}

internal static class ProbedConnection
{
    /// <summary>Whether a message to ourselves comes back.</summary>
    public static async Task<bool> ProbeAfterRepliesAsync(this IBrokerConnection connection)
    {
        await connection.ConsumeRepliesAsync();
        return await connection.ProbeAsync();
    }
}
