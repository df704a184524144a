namespace Ppv.Rpc.Errors;

/// <summary>A broker could not be used. The message is a sentence that says what to do, and holds no secrets.</summary>
/// <param name="message">What happened.</param>
/// <param name="needsAttention">
/// Whether waiting won't help, because a person must change something: login, virtual host, permissions, the queue's arguments.
/// </param>
/// <param name="innerException">What the client library said.</param>
internal sealed class BrokerException(string message, bool needsAttention, Exception? innerException = null) : Exception(message, innerException)
{
    public bool NeedsAttention => needsAttention;
}
