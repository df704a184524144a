namespace Ppv.Hosting.Board.State;

/// <summary>A host of RabbitMQ.</summary>
/// <param name="Host">Its address.</param>
/// <param name="State">Its state: see <c>BrokerHostState</c>.</param>
/// <param name="IsInUse">Whether orders pass over it.</param>
/// <param name="Since">Since when it has been in this state.</param>
/// <param name="LastError">What was wrong last, as a sentence.</param>
internal sealed record BoardHost(string Host, string State, bool IsInUse, DateTimeOffset Since, string? LastError);
