namespace Ppv.Broker.Tests.Delivery;

/// <summary>What one caller asked for and was told.</summary>
/// <param name="Connid">The call.</param>
/// <param name="Event">Its event number, which no other call has.</param>
/// <param name="Subscriber">Its subscriber number, which no other call has.</param>
/// <param name="Confirms">What each of its confirms was told, in order; none when the call ended before.</param>
internal sealed record CallOutcome(string Connid, string Event, string Subscriber, IReadOnlyList<GatewayReply> Confirms)
{
    public bool ToldOk => Confirms.Any(reply => reply.Body == GatewayReply.Ok);
}
