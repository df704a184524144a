using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Ppv.Rpc;

namespace Ppv.Broker.Tests.Tls;

/// <summary>
/// Two brokers with a certificate each, of one issuer: A takes every client, B only those with a certificate of the clients' issuer.
/// </summary>
public sealed class TlsBrokers : IAsyncLifetime
{
    public const string NameOfA = "kfs.ppv.example", NameOfB = "bs.ppv.example";

    public TestAuthority Issuer { get; } = new("PPV brokers");

    public TestAuthority ClientIssuer { get; } = new("PPV clients");

    public CertificateFiles FilesOfA { get; } = new();

    public CertificateFiles FilesOfB { get; } = new();

    public TestBrokerNode A { get; private set; } = null!;

    public TestBrokerNode B { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        FilesOfB.Write("clients.pem", ClientIssuer.Pem);
        Write(FilesOfA, NameOfA);
        Write(FilesOfB, NameOfB);
        var nodes = await Task.WhenAll(
            TestBrokerNode.StartWithTlsAsync(FilesOfA.Folder), TestBrokerNode.StartWithTlsAsync(FilesOfB.Folder));
        (A, B) = (nodes[0], nodes[1]);
    }

    public async ValueTask DisposeAsync()
    {
        await A.DisposeAsync();
        await B.DisposeAsync();
        foreach (var one in (IDisposable[])[FilesOfA, FilesOfB, Issuer, ClientIssuer]) one.Dispose();
    }

    /// <summary>Back to what they were at the start.</summary>
    public async Task ResetAsync()
    {
        FilesOfB.Write("clients.pem", ClientIssuer.Pem);
        await ShowOnAAsync(Issuer.Issue([NameOfA]));
        await ShowOnBAsync(Issuer.Issue([NameOfB]));
    }

    /// <summary>Has A show another certificate from now on.</summary>
    public Task ShowOnAAsync(X509Certificate2 certificate) => ShowAsync(A, FilesOfA, certificate);

    /// <summary>Has B show another certificate from now on.</summary>
    public Task ShowOnBAsync(X509Certificate2 certificate) => ShowAsync(B, FilesOfB, certificate);

    /// <summary>A's or B's entry among the hosts, with the name that its certificate is to have.</summary>
    public static string EntryOf(TestBrokerNode node, string? name) =>
        $"{HostOf(node)}{(name is null ? "" : $"?server_name_indication={name}")}";

    public static BrokerHost HostOf(TestBrokerNode node) => new(node.Address.Host, node.Address.TlsPort!.Value) { UseTls = true };

    private void Write(CertificateFiles files, string name)
    {
        using var certificate = Issuer.Issue([name]);
        files.WritePair("server", certificate);
        files.Write("ca.pem", Issuer.Pem);
    }

    private static async Task ShowAsync(TestBrokerNode node, CertificateFiles files, X509Certificate2 certificate)
    {
        using (certificate) files.WritePair("server", certificate);
        await node.ReadCertificatesAgainAsync();
    }
}
