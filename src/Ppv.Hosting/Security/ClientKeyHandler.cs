using System.Globalization;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Ppv.Hosting.Security;

/// <summary>
/// Authenticates a client by the key in <c>X-Api-Key</c>, or by its name and key over HTTP Basic (RFC 7617). ASP.NET Core would log each
/// refusal twice, for whoever likes to fill the log; what is to be said is said by <see cref="RefusedRequests"/>.
/// </summary>
internal sealed class ClientKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, UrlEncoder encoder, ClientKeys keys,
    WrongKeys wrong, RefusedRequests refused)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, NullLoggerFactory.Instance, encoder)
{
    public const string SchemeName = "Ppv";
    public const string KeyHeader = "X-Api-Key";
    public const string KeyIsNeeded = $"A client's key is needed, in {KeyHeader} or as HTTP Basic.";
    public const string TooManyWrong = "From this address come more wrong keys than may.";
    public const string MayNot = "The client of this key may not do that.";

    private const string OwnerClaim = "ppv-owner";
    private const string BasicPrefix = "Basic ";
    private static readonly StringValues Challenge = new(["Basic realm=\"PPV\", charset=\"UTF-8\"", "ApiKey realm=\"PPV\""]);

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (keys.IsEmpty || !TryReadCredentials(out var name, out var key)) return Task.FromResult(AuthenticateResult.NoResult());
        var from = Caller.NetworkOf(Context);
        var isOver = wrong.IsOver(from);
        if (key.Length > ClientKey.MaxLength || Find(name, key, from, isOver) is not { } client)
        {
            wrong.Add(from);
            return Task.FromResult(AuthenticateResult.Fail(isOver ? TooManyWrong : "It showed a key that no client has."));
        }

        var identity = new ClaimsIdentity(
            [
                new Claim(ClaimTypes.Name, client.Name), new Claim(ClaimTypes.Role, client.Role.ToString()),
                new Claim(OwnerClaim, client.Owner),
            ],
            SchemeName);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName)));
    }

    private KnownClient? Find(string? name, string key, string from, bool isOver)
    {
        if (!isOver || WrongKeys.MayBeEverybodys(Context)) return keys.Find(name, key, from);
        if (keys.Find(name, key, from, onlyKnownThere: true) is { } known) return known;
        return keys.IsOfALengthThatThereIs(key) && wrong.TryTakeBeyond() ? keys.Find(name, key, from) : null;
    }

    /// <summary>401; 403 where nobody has a key, since there is none to ask for; 429 for too many wrong ones.</summary>
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var result = await HandleAuthenticateOnceSafeAsync().ConfigureAwait(false);
        refused.Say(Context, result.Failure?.Message ?? "It showed no key.");
        if (keys.IsEmpty)
        {
            await Refusals.WriteAsync(Context, StatusCodes.Status403Forbidden, "This is for operators, on the server's Unix socket.")
                .ConfigureAwait(false);
            return;
        }

        if (result.Failure?.Message == TooManyWrong)
        {
            Response.Headers.RetryAfter = wrong.RetryAfter.ToString(CultureInfo.InvariantCulture);
            await Refusals.WriteAsync(Context, StatusCodes.Status429TooManyRequests, TooManyWrong).ConfigureAwait(false);
            return;
        }

        Response.Headers.WWWAuthenticate = Challenge;
        await Refusals.WriteAsync(Context, StatusCodes.Status401Unauthorized, KeyIsNeeded).ConfigureAwait(false);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        refused.Say(Context, "Its client has another role.");
        return Refusals.WriteAsync(Context, StatusCodes.Status403Forbidden, MayNot);
    }

    /// <summary>Whose identity it is, if it is one of ours.</summary>
    public static bool HasRole(ClaimsPrincipal user, PpvAccessRole role) => user.Identities.Any(
        identity => identity.AuthenticationType == SchemeName && identity.HasClaim(ClaimTypes.Role, role.ToString()));

    /// <summary>The client's name, when it has shown its key.</summary>
    public static string? NameOf(ClaimsPrincipal user) => user.Identities
        .FirstOrDefault(identity => identity.AuthenticationType == SchemeName)?.FindFirst(ClaimTypes.Name)?.Value;

    /// <summary>Whose orders the client places, when it has shown its key and may place any.</summary>
    public static string? OwnerOf(ClaimsPrincipal user) => user.Identities
        .FirstOrDefault(identity => identity.AuthenticationType == SchemeName
            && identity.HasClaim(ClaimTypes.Role, nameof(PpvAccessRole.Orders)))?.FindFirst(OwnerClaim)?.Value;

    /// <summary>A key that can't be read is none: it is refused as a wrong one is.</summary>
    private bool TryReadCredentials(out string? name, out string key)
    {
        (name, key) = (null, "");
        var headers = Request.Headers;
        if (headers.TryGetValue(KeyHeader, out var shown))
        {
            key = shown.Count == 1 ? shown[0] ?? "" : "";
            return true;
        }

        var authorization = headers.Authorization.Count == 1 ? headers.Authorization[0] : null;
        if (authorization?.StartsWith(BasicPrefix, StringComparison.OrdinalIgnoreCase) != true) return false;
        Span<byte> bytes = stackalloc byte[2 * ClientKey.MaxLength];
        if (!Convert.TryFromBase64String(authorization[BasicPrefix.Length..].Trim(), bytes, out var length)) return true;
        var text = Encoding.UTF8.GetString(bytes[..length]);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0) (name, key) = (text[..colon], text[(colon + 1)..]);
        return true;
    }
}
