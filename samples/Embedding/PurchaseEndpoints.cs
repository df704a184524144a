using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Ppv.Samples.Embedding;

/// <summary>Purchases over HTTP.</summary>
public static class PurchaseEndpoints
{
    public static void MapPurchases(this WebApplication app)
    {
        app.MapGet("/films", static (IOptions<ShopOptions> shop) => shop.Value.Films);
        var purchases = app.MapGroup("/purchases").RequireAuthorization();
        purchases.MapPost("", BuyAsync);
        purchases.MapGet("{cart}", FindAsync);
    }

    private static async Task<IResult> BuyAsync(
        PurchaseRequest request, ClaimsPrincipal user, Checkout checkout, IOptions<ShopOptions> shop, CancellationToken cancellationToken)
    {
        if (request.Problems(shop.Value.Films) is { Count: > 0 } problems) return TypedResults.ValidationProblem(problems);
        var (name, eventNumber, subscriber) = (request.Cart!, request.Event!, SignIn.SubscriberOf(user));
        var cart = await checkout.BuyAsync(name, eventNumber, subscriber, request.Again, cancellationToken);
        if (cart.Name != name) return Problem(StatusCodes.Status409Conflict, AgainFor(cart), cart, isAgain: true);
        if (!cart.IsFor(eventNumber, subscriber))
            return Problem(StatusCodes.Status409Conflict, "This cart was begun for another event or subscriber. Take a new cart.");
        return cart.State switch
        {
            CartState.Bought => TypedResults.Ok(AnswerFor(cart)),
            CartState.Refused => Problem(StatusCodes.Status422UnprocessableEntity, MessageFor(cart), cart),
            CartState.NotBought => Problem(StatusCodes.Status503ServiceUnavailable, MessageFor(cart), cart),
            _ => TypedResults.Accepted($"/purchases/{cart.Name}", AnswerFor(cart)),
        };
    }

    private static async Task<IResult> FindAsync(
        string cart, ClaimsPrincipal user, Checkout checkout, CancellationToken cancellationToken) =>
        PurchaseRequest.IsCartName(cart) && await checkout.FindAsync(cart, cancellationToken) is { } known
        && known.Subscriber == SignIn.SubscriberOf(user)
            ? TypedResults.Ok(AnswerFor(known))
            : Problem(StatusCodes.Status404NotFound, "There is no such cart.");

    private static PurchaseAnswer AnswerFor(Cart cart) => new(cart.Name, NameOf(cart.State), cart.Code, MessageFor(cart));

    private static ProblemHttpResult Problem(int status, string message, Cart? cart = null, bool isAgain = false) => TypedResults.Problem(
        message, statusCode: status,
        extensions: cart is null ? null : new Dictionary<string, object?>
        {
            ["state"] = NameOf(cart.State), ["code"] = cart.Code, ["isAgain"] = isAgain,
        });

    private static string NameOf(CartState state) => state switch
    {
        CartState.Bought => "bought",
        CartState.Refused => "refused",
        CartState.NotBought => "notBought",
        _ => "unknown",
    };

    private static string AgainFor(Cart other) => other.State == CartState.Bought
        ? "You have bought this already. Say that you want it again, and you pay for it again."
        : "You may have bought this already, and we are looking into it. Say that you want it again, and you may pay for it twice.";

    private static string MessageFor(Cart cart) => cart.State switch
    {
        CartState.Bought => "Bought. Enjoy!",
        CartState.Refused => $"The billing system refused: {cart.Code}. Nothing was bought.",
        CartState.NotBought => "Nothing was bought. Try again with the same cart.",
        _ => "It may have been bought, and we are looking into it. Don't buy it with another cart.",
    };
}
