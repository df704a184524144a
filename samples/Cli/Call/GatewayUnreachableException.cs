namespace Ppv.Samples.Cli.Call;

/// <summary>There is no answer from the gateway.</summary>
/// <param name="message">What happened and what to look at.</param>
/// <param name="innerException">What the network said.</param>
internal sealed class GatewayUnreachableException(string message, Exception? innerException) : Exception(message, innerException);
