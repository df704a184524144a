namespace Ppv.Rpc.Brokers;

/// <summary>Is told once how the publishing of a message ended. Must be quick: the connection waits for it.</summary>
internal interface IPublishListener
{
    /// <summary>The broker has the message.</summary>
    void OnConfirmed();

    /// <summary>It did not say so.</summary>
    void OnNotConfirmed(NotConfirmedException reason);
}

/// <summary>The end of a publishing as a task, for those who wait for it.</summary>
internal sealed class PublishOutcome() : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), IPublishListener
{
    public void OnConfirmed() => TrySetResult();

    public void OnNotConfirmed(NotConfirmedException reason) => TrySetException(reason);
}

/// <summary>What every connection can do with what it has.</summary>
internal static class BrokerConnectionExtensions
{
    /// <summary>
    /// The heartbeat that the broker goes by: the one that was agreed on, or the configured one where none was. It lets a silent connection
    /// be for twice as long, at least.
    /// </summary>
    public static TimeSpan HeartbeatOr(this IBrokerConnection connection, TimeSpan configured) =>
        connection.Heartbeat is { Ticks: > 0 } agreed && agreed < configured ? agreed : configured;

    /// <summary>
    /// The time between two probes: <see cref="BrokerOptions.ProbeInterval"/>, or less where the broker wanted a shorter heartbeat than
    /// <see cref="BrokerOptions.Heartbeat"/>, for which that may be too long.
    /// </summary>
    public static TimeSpan ProbePause(this IBrokerConnection connection, BrokerOptions options)
    {
        var most = connection.HeartbeatOr(options.Heartbeat) / 4;
        return most < options.Heartbeat / 4 && most < options.ProbeInterval ? most : options.ProbeInterval;
    }

    /// <summary>Publishes to a queue, mandatory; completes when the broker has confirmed.</summary>
    /// <exception cref="NotConfirmedException">It did not confirm.</exception>
    public static Task PublishAsync(this IBrokerConnection connection, string queue, BrokerMessage message)
    {
        var outcome = new PublishOutcome();
        connection.Publish(queue, message, outcome);
        return outcome.Task;
    }
}
