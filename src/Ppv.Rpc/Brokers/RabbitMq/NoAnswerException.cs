namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>A time limit of ours is over: the broker did not answer, or the library hangs. Its message goes into sentences, so it begins in lower case.</summary>
internal sealed class NoAnswerException(TimeSpan limit) : TimeoutException(FormattableString.Invariant($"it did not answer within {limit.TotalSeconds:0.###} s"));
