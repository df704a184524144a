using Microsoft.Extensions.Logging;
using Ppv.Rpc;

namespace Ppv.Broker.Tests.Tls;

/// <summary>A program that goes on running: over two brokers with a certificate each, and while certificates are renewed.</summary>
[Collection(TlsGroup.Name)]
public sealed class RenewalTests(TlsBrokers brokers) : IAsyncLifetime
{
    private const int Ready = 1000, FileUnusable = 1351, FilesUsableAgain = 1352;
    private readonly CertificateFiles _files = new();
    private readonly CollectingLoggerProvider _log = new();

    public async ValueTask InitializeAsync()
    {
        await brokers.ResetAsync();
        _files.Write("ca.pem", brokers.Issuer.Pem);
        WriteClient(brokers.ClientIssuer);
    }

    public ValueTask DisposeAsync()
    {
        _files.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task When_the_first_broker_goes_the_second_one_is_used_under_its_own_name()
    {
        await using var client = Start(
            TlsBrokers.EntryOf(brokers.A, TlsBrokers.NameOfA), TlsBrokers.EntryOf(brokers.B, TlsBrokers.NameOfB));
        (await ReadyAsync(1)).Message.ShouldContain(TlsBrokers.HostOf(brokers.A).ToString());

        await brokers.A.StopAppAsync();
        (await ReadyAsync(2)).Message.ShouldContain(TlsBrokers.HostOf(brokers.B).ToString());
        await brokers.A.StartAppAsync();
    }

    [Fact]
    public async Task Renewed_files_are_used_for_the_next_connection_without_a_restart()
    {
        await using var client = Start(TlsBrokers.EntryOf(brokers.B, TlsBrokers.NameOfB));
        await ReadyAsync(1);

        // Everything at once: the broker's certificate has another issuer, and the broker trusts another one of its clients'.
        using var issuer = new TestAuthority("PPV brokers renewed");
        using var clientIssuer = new TestAuthority("PPV clients renewed");
        _files.Write("ca.pem", issuer.Pem);
        WriteClient(clientIssuer);
        brokers.FilesOfB.Write("clients.pem", clientIssuer.Pem);
        await brokers.ShowOnBAsync(issuer.Issue([TlsBrokers.NameOfB]));
        await brokers.B.CloseAllConnectionsAsync("a test closes them");

        await ReadyAsync(2);
        _log.Snapshot().ShouldNotContain(entry => entry.EventId.Id == FileUnusable);
    }

    [Fact]
    public async Task A_file_that_is_broken_later_is_said_once_and_what_it_held_is_used()
    {
        await using var client = Start(TlsBrokers.EntryOf(brokers.A, TlsBrokers.NameOfA));
        await ReadyAsync(1);

        _files.Write("ca.pem", "half a certif");
        for (var time = 2; time <= 3; time++)
        {
            await brokers.A.CloseAllConnectionsAsync("a test closes them");
            await ReadyAsync(time);
        }

        var said = _log.Snapshot().Where(entry => entry.EventId.Id == FileUnusable).ShouldHaveSingleItem();
        said.Level.ShouldBe(LogLevel.Error);
        said.Message.ShouldStartWith($"Ppv:Broker:Tls:CaFile is \"{_files["ca.pem"]}\", which has no certificate in it.");

        _files.Write("ca.pem", brokers.Issuer.Pem);
        await brokers.A.CloseAllConnectionsAsync("a test closes them");
        await _log.WaitForAsync(entry => entry.EventId.Id == FilesUsableAgain, Bounds.Limit);
    }

    private RpcClient Start(params string[] hosts)
    {
        var broker = new BrokerOptions
        {
            Hosts = [.. hosts],
            DialTimeout = TimeSpan.FromSeconds(30),
            ReconnectDelay = TimeSpan.FromMilliseconds(100),
            MaxReconnectDelay = TimeSpan.FromMilliseconds(500),
        };
        var address = brokers.A.Address;
        (broker.UserName, broker.Password, broker.VirtualHost) = (address.UserName, address.Password, address.VirtualHost);
        (broker.Tls.CaFile, broker.Tls.CertificateFile, broker.Tls.KeyFile) =
            (_files["ca.pem"], _files["client.pem"], _files["client-key.pem"]);
        var client = new RpcClient(broker, new RpcOptions { Queue = TestBroker.UniqueQueueName() }, new LoggerFactory([_log]));
        client.Start();
        return client;
    }

    private Task<LogEntry> ReadyAsync(int times)
    {
        var seen = 0;
        return _log.WaitForAsync(entry => entry.EventId.Id == Ready && ++seen == times, Bounds.Limit);
    }

    private void WriteClient(TestAuthority issuer)
    {
        using var certificate = issuer.IssueToClient("gateway");
        _files.WritePair("client", certificate);
    }
}
