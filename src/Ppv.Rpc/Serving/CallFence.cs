using Ppv.Rpc.Brokers;

namespace Ppv.Rpc.Serving;

/// <summary>
/// Whether a request may be acted on: the server has its place, and the broker takes the answer. What speaks against it once goes on to do so, because what was
/// not done for that reason is then begun anew. Safe for use by several threads.
/// </summary>
internal sealed class CallFence(IBrokerConnection connection, ServingPlace? place)
{
    private volatile string? _alarm;

    /// <summary>Why it may not, as a sentence; <see langword="null"/> while nothing speaks against it.</summary>
    public string? Objection =>
        // The alarm first: while it lasts nothing can prove the place, which is not lost for that.
        (_alarm ??= connection.BlockedReason is { } alarm ? $"RabbitMQ on {connection.Host} takes no messages ({alarm}), so that no answer could leave." : null) ?? place?.LostReason;

    /// <summary>Whether the broker's alarm spoke against it: it is to be begun anew when that is over, if the place still stands then.</summary>
    public bool IsHeldUp => _alarm is not null;

    /// <summary>Waits until the broker takes messages, or the connection is lost.</summary>
    public static async Task PassAsync(IBrokerConnection connection, CancellationToken cancellationToken)
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
