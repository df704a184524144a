namespace Ppv.Rpc.Errors;

/// <summary>A message was not confirmed by the broker.</summary>
/// <param name="message">What happened.</param>
/// <param name="isReturned">
/// Whether the broker gave it back as unroutable (312), which proves that no queue has it. Everything else (a nack, a lost connection, a time-out) proves
/// nothing.
/// </param>
/// <param name="innerException">What the client library said.</param>
internal sealed class PublishException(string message, bool isReturned, Exception? innerException = null) : Exception(message, innerException)
{
    public bool IsReturned => isReturned;
}
