using Ppv.Protocol.Text;
using RabbitMQ.Client;

namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>
/// Whether the broker takes messages: in a memory or disk alarm it reads nothing from connections that publish
/// (https://www.rabbitmq.com/docs/alarms).
/// </summary>
internal sealed class BrokerAlarm
{
    private volatile string? _reason;
    private volatile int _changes;

    /// <summary>Why it takes none, or <see langword="null"/>.</summary>
    public string? Reason => _reason;

    public event Action? Changed;

    public void Watch(IConnection connection)
    {
        connection.ConnectionBlockedAsync += (_, blocked) => SetAsync(
            string.IsNullOrEmpty(blocked.Reason) ? "an alarm" : PlainText.Of(blocked.Reason));
        connection.ConnectionUnblockedAsync += (_, _) => SetAsync(null);
    }

    /// <summary>How often it has changed: to be given to <see cref="WasSince"/> later.</summary>
    public int Changes => _changes;

    /// <summary>Whether there was an alarm since then, so that silence is no sign of a broken connection.</summary>
    public bool WasSince(int changes) => _reason is not null || _changes != changes;

    private Task SetAsync(string? reason)
    {
        _reason = reason;
        Interlocked.Increment(ref _changes);
        Changed?.Invoke();
        return Task.CompletedTask;
    }
}
