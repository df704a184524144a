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
    /// <summary>Publishes to a queue, mandatory; completes when the broker has confirmed.</summary>
    /// <exception cref="NotConfirmedException">It did not confirm.</exception>
    public static Task PublishAsync(this IBrokerConnection connection, string queue, BrokerMessage message)
    {
        var outcome = new PublishOutcome();
        connection.Publish(queue, message, outcome);
        return outcome.Task;
    }
}
