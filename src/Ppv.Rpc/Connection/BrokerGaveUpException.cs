namespace Ppv.Rpc;

/// <summary>
/// No host could be used after <see cref="BrokerOptions.MaxRetries"/> further attempts; nothing is tried any more. Restart the program.
/// </summary>
public sealed class BrokerGaveUpException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What was tried, and the last failure, as full sentences.</param>
    /// <param name="innerException">The last failure.</param>
    public BrokerGaveUpException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
