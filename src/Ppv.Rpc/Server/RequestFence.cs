using Ppv.Protocol;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Server.Leadership;

namespace Ppv.Rpc.Server;

/// <summary>
/// Whether a request may be acted on: the server leads the queue, where it works alone, and the broker takes the answer. What speaks
/// against it once goes on to do so, because what was not done for that reason is then begun anew.
/// </summary>
internal sealed class RequestFence(IBrokerConnection connection, QueueLeadership? leadership) : Fence
{
    private volatile string? _alarm;

    public override string Holder => leadership?.Holder ?? $"a server on {connection.Host}";

    public override DateTimeOffset Since => leadership?.Since ?? DateTimeOffset.MinValue;

    // The alarm first: while it lasts nothing can prove the leadership, which is not lost for that.
    public override string? LostReason =>
        (_alarm ??= AlarmReason) ?? leadership?.LostReason ?? (_alarm ??= leadership?.HeldUpReason);

    /// <summary>
    /// Whether the broker's alarm spoke against it: it is to be begun anew when that is over, if the leadership still stands then.
    /// </summary>
    public bool IsHeldUp => _alarm is not null;

    private string? AlarmReason => connection.BlockedReason is { } alarm
        ? $"RabbitMQ on {connection.Host} takes no messages ({alarm}), so that no answer could leave."
        : null;

    /// <summary>Waits until the broker takes messages, or the connection is lost.</summary>
    public static async Task WaitForBrokerAsync(IBrokerConnection connection, CancellationToken cancellationToken)
    {
        if (connection.BlockedReason is null) return;
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.BlockedChanged += Look;
        try
        {
            Look(); // It may be over since the first look.
            await Task.WhenAny(over.Task, connection.Lost).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            connection.BlockedChanged -= Look;
        }

        void Look()
        {
            if (connection.BlockedReason is null) over.TrySetResult();
        }
    }
}
