using System.Text.RegularExpressions;

namespace Ppv.Samples.Embedding;

/// <summary>What a customer's browser sends.</summary>
/// <param name="Cart">A name for the cart: a new one for each purchase, the same one when it asks again.</param>
/// <param name="Event">The number of the event, as the catalogue has it.</param>
/// <param name="Again">Whether the customer wants it although another cart of his may have bought it.</param>
public sealed partial record PurchaseRequest(string? Cart, string? Event, bool Again = false)
{
    /// <summary>
    /// Whether a text can name a cart. A purchase's key may have 64 characters; the attempt's number comes behind the name.
    /// </summary>
    public static bool IsCartName(string? text) => text is not null && CartName().IsMatch(text);

    /// <summary>What is wrong, by field; empty when nothing is.</summary>
    public Dictionary<string, string[]> Problems(IEnumerable<Film> films)
    {
        var problems = new Dictionary<string, string[]>();
        if (!IsCartName(Cart)) problems["cart"] = ["The name of a cart has 1 to 50 letters, digits, - or _."];
        if (films.All(film => film.Event != Event)) problems["event"] = ["There is no such event."];
        return problems;
    }

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,50}\z")]
    private static partial Regex CartName();
}
