using System.Security.Cryptography;
using System.Text;
using Ppv.Protocol;
using Ppv.Rpc.Orders.Routing;

namespace Ppv.Rpc.Orders;

/// <summary>A purchase that is asked for. Immutable.</summary>
/// <param name="Key">Its key.</param>
/// <param name="ConnectionId">The call that this client makes of it; another client may make another one.</param>
/// <param name="Event">EV.</param>
/// <param name="Subscriber">EN.</param>
/// <param name="Subject">What its orders are a part of: <see cref="PpvOrder.Subject"/>. Key, event and subscriber, hashed.</param>
/// <param name="IsRepeat">Whether it may have been asked for before, by another process or an earlier one.</param>
internal sealed record Purchase(
    string Key, ConnectionId ConnectionId, PpvCommand Event, PpvCommand Subscriber, string Subject, bool IsRepeat)
{
    public static Purchase Of(string key, ConnectionId connectionId, PpvCommand eventNumber, PpvCommand subscriber, bool isRepeat) =>
        new(key, connectionId, eventNumber, subscriber, SubjectOf(key, eventNumber.Value, subscriber.Value), isRepeat);

    public PpvOrder OrderOf(PpvPurchaseStep step) => step switch
    {
        PpvPurchaseStep.Event => new PpvOrder(ConnectionId, Event) { Id = PurchaseIds.Event(Key), Subject = Subject },
        PpvPurchaseStep.Subscriber => new PpvOrder(ConnectionId, Subscriber) { Id = PurchaseIds.Subscriber(Key), Subject = Subject },
        _ => PpvOrder.Confirm(ConnectionId) with { Id = PurchaseIds.Confirm(Key), Subject = Subject },
    };

    // None of the three has a zero byte.
    private static string SubjectOf(string key, string eventNumber, string subscriber) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{key}\0{eventNumber}\0{subscriber}")).AsSpan(0, 16));
}
