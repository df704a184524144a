namespace Ppv.Rpc.Orders.Routing;

/// <summary>The ids of a purchase's orders: its key, and a step's name behind a point.</summary>
internal static class PurchaseIds
{
    public static string Event(string key) => $"{key}.EV";

    public static string Subscriber(string key) => $"{key}.EN";

    public static string Confirm(string key) => $"{key}.UP";

    /// <summary>Whether an id may be of an order of a purchase.</summary>
    public static bool IsOne(string orderId) => orderId.Length > 3 && orderId[^3..] is ".EV" or ".EN" or ".UP";

    /// <summary>The key, of the id of one of its orders.</summary>
    public static string KeyOf(string orderId) => orderId.LastIndexOf('.') is > 0 and var end ? orderId[..end] : orderId;
}
