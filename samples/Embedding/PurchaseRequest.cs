using System.Text.RegularExpressions;
using Ppv.Protocol;

namespace Ppv.Samples.Embedding;

/// <summary>What a customer's browser sends.</summary>
/// <param name="Cart">A name for the cart: a new one for each purchase, the same one when it asks again.</param>
/// <param name="Event">The number of the event.</param>
/// <param name="Subscriber">The number of the subscriber.</param>
public sealed partial record PurchaseRequest(string? Cart, string? Event, string? Subscriber)
{
    private const string NumberRule = "has 1 to 20 printable ASCII characters, no quotes, no backslash, and no space at either end.";

    /// <summary>
    /// Whether a text can name a cart. A purchase's key may have 64 characters; the attempt's number comes behind the name.
    /// </summary>
    public static bool IsCartName(string? text) => text is not null && CartName().IsMatch(text);

    /// <summary>What is wrong, by field; empty when nothing is.</summary>
    public Dictionary<string, string[]> Problems()
    {
        var problems = new Dictionary<string, string[]>();
        if (!IsCartName(Cart)) problems["cart"] = ["The name of a cart has 1 to 50 letters, digits, - or _."];
        if (!PpvCommand.IsValidValue(Event)) problems["event"] = [$"The number of an event {NumberRule}"];
        if (!PpvCommand.IsValidValue(Subscriber)) problems["subscriber"] = [$"The number of a subscriber {NumberRule}"];
        return problems;
    }

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,50}\z")]
    private static partial Regex CartName();
}
