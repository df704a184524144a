using Ppv.Rpc.Brokers;

namespace Ppv.Rpc.Tests.Support;

/// <summary>Dials as a test scripts it: each attempt is recorded, and fails or gives a connection.</summary>
internal sealed class ScriptedDialer(Func<int, BrokerHost, IBrokerConnection> script) : IBrokerDialer
{
    private readonly List<BrokerHost> _attempts = [];

    public IReadOnlyList<BrokerHost> Attempts
    {
        get { lock (_attempts) return [.. _attempts]; }
    }

    public static BrokerException Unavailable => new("It is down.", needsAttention: false);

    public static BrokerException Refused => new("The login was refused.", needsAttention: true);

    public Task<IBrokerConnection> DialAsync(BrokerHost host, string clientName, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        int attempt;
        lock (_attempts)
        {
            attempt = _attempts.Count;
            _attempts.Add(host);
        }

        try
        {
            return Task.FromResult(script(attempt, host));
        }
        catch (BrokerException e)
        {
            return Task.FromException<IBrokerConnection>(e);
        }
    }
}
