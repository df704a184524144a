namespace Ppv.Rpc.Brokers;

/// <summary>What is to be consumed, and who takes it.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Kind">How the consumer stands to the others.</param>
/// <param name="Prefetch">How many deliveries may be unsettled at once.</param>
/// <param name="OnDelivery">Takes a delivery.</param>
/// <param name="OnAnswerReturned">Told of an answer that no queue took, because its caller is gone.</param>
internal sealed record ConsumeRequest(string Queue, ConsumerKind Kind, int Prefetch, Action<BrokerDelivery> OnDelivery, Action<BrokerMessage> OnAnswerReturned);
