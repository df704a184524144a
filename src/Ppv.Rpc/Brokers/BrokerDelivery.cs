namespace Ppv.Rpc.Brokers;

/// <summary>A message that was taken from a queue and waits to be acknowledged.</summary>
/// <param name="Message">The message; its body is a copy.</param>
/// <param name="Tag">The broker's name for the delivery, on its connection.</param>
/// <param name="Redelivered">Whether somebody had it before and did not acknowledge it.</param>
internal sealed record BrokerDelivery(BrokerMessage Message, ulong Tag, bool Redelivered);
