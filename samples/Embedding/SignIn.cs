using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;

namespace Ppv.Samples.Embedding;

/// <summary>Who buys: a cookie that this site alone may send. In the place of a shop's own way to sign in.</summary>
public static class SignIn
{
    private const string Subscriber = "subscriber";

    public static void AddSignIn(this IServiceCollection services)
    {
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(cookie =>
        {
            cookie.Cookie.SameSite = SameSiteMode.Strict; // No other site buys with it.
            cookie.Events.OnRedirectToLogin = context =>
            {
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                return Task.CompletedTask;
            };
        });
        services.AddAuthorization();
    }

    public static void MapSignIn(this WebApplication app)
    {
        app.MapPost("/sign-in", SignInAsync);
        app.MapPost("/sign-out", static (HttpContext context) => context.SignOutAsync());
        app.MapGet("/customer", static (ClaimsPrincipal user) => new { Name = user.Identity!.Name }).RequireAuthorization();
    }

    /// <summary>The number of the subscriber who is signed in.</summary>
    public static string SubscriberOf(ClaimsPrincipal user) =>
        user.FindFirstValue(Subscriber) ?? throw new InvalidOperationException("Nobody is signed in.");

    private static async Task<IResult> SignInAsync(Credentials credentials, HttpContext context, IOptions<ShopOptions> options)
    {
        var customer = options.Value.Customers.GetValueOrDefault(credentials.Name ?? "");
        if (!IsSame(credentials.Password ?? "", customer?.Password ?? "") || customer is null)
            return TypedResults.Problem("This name and password do not fit.", statusCode: StatusCodes.Status401Unauthorized);
        var identity = new ClaimsIdentity(
            [new Claim(ClaimTypes.Name, credentials.Name!), new Claim(Subscriber, customer.Subscriber)],
            CookieAuthenticationDefaults.AuthenticationScheme);
        await context.SignInAsync(new ClaimsPrincipal(identity));
        return TypedResults.NoContent();
    }

    private static bool IsSame(string shown, string known) => CryptographicOperations.FixedTimeEquals(Hash(shown), Hash(known));

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
