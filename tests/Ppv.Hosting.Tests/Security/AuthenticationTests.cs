using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ppv.Hosting.Tests;

/// <summary>Who may place orders: anybody where nobody has a key; else only who shows one.</summary>
public sealed class AuthenticationTests : IDisposable
{
    private const string Order = """{"content":{"connid":"1","EV":"2"}}""";
    private const string IvrKey = "the-key-of-the-ivr", OperatorKey = "the-key-of-an-operator";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Without_clients_nobody_is_asked_and_the_answer_has_no_more_headers_than_before()
    {
        await using var gateway = await GatewayApp.StartAsync();
        using var answer = await gateway.PostAsync(Order);
        await answer.ShouldSayAsync("OK", "Completed");
        answer.Headers.Select(header => header.Key).Order().ShouldBe(["Date", "Server", "X-Ppv-Order-Id", "X-Ppv-Outcome"]);
        answer.Content.Headers.Select(header => header.Key).Order().ShouldBe(["Content-Length", "Content-Type"]);
    }

    [Fact]
    public async Task A_client_of_operators_alone_leaves_the_voice_platform_in_peace()
    {
        await using var gateway = await StartAsync(access => access.Clients.Remove("ivr"));
        using var answer = await gateway.PostAsync(Order);
        await answer.ShouldSayAsync("OK", "Completed");
    }

    [Fact]
    public async Task With_clients_an_order_without_a_key_is_401_and_never_executed()
    {
        await using var gateway = await StartAsync();
        using var answer = await gateway.PostAsync(Order);
        await answer.ShouldSayAsync("ER996", "NotExecuted", HttpStatusCode.Unauthorized);
        answer.Headers.WwwAuthenticate.Select(challenge => challenge.Scheme).ShouldBe(["Basic", "ApiKey"]);
        answer.Header("X-Ppv-Reason").ShouldBe("A client's key is needed, in X-Api-Key or as HTTP Basic.");
        gateway.Client.Orders.ShouldBeEmpty();
        var line = gateway.Log.OfOurs.Single(entry => entry.Level == LogLevel.Warning);
        line.Message.ShouldBe(
            "A request for \"PPV order\" from 127.0.0.1 was refused, and nothing was executed. It showed no key.");

        using var status = await gateway.Http.GetAsync($"{GatewayApp.Path}/orders/order-7");
        status.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await status.Content.ReadAsStringAsync()).ShouldContain("\"orderId\":\"order-7\"");
        using var health = await gateway.Http.GetAsync("/health/live");
        health.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_key_in_its_header_or_as_the_password_of_basic_places_orders()
    {
        await using var gateway = await StartAsync();
        using var byKey = await SendAsync(gateway, ("X-Api-Key", IvrKey));
        await byKey.ShouldSayAsync("OK", "Completed");
        using var byBasic = await SendAsync(gateway, ("Authorization", Basic("ivr", IvrKey)));
        await byBasic.ShouldSayAsync("OK", "Completed");
        using var byOtherCase = await SendAsync(gateway, ("Authorization", Basic("IVR", IvrKey).Replace("Basic", "basic")));
        await byOtherCase.ShouldSayAsync("OK", "Completed");
        using var status = await SendAsync(gateway, ("X-Api-Key", IvrKey), HttpMethod.Get, $"{GatewayApp.Path}/orders/1");
        status.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    public static TheoryData<string, string> BadCredentials => new()
    {
        { "X-Api-Key", "not-the-key-of-anybody" },
        { "X-Api-Key", IvrKey + "x" },
        { "X-Api-Key", IvrKey[..^1] },
        { "X-Api-Key", "" },
        { "X-Api-Key", new string('k', 5000) },
        { "Authorization", Basic("ivr", "not-the-key-of-anybody") },
        { "Authorization", Basic("operator", IvrKey) },
        { "Authorization", Basic("nobody", IvrKey) },
        { "Authorization", Basic("", IvrKey) },
        { "Authorization", Basic("ivr", new string('k', 5000)) },
        { "Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(IvrKey)) },
        { "Authorization", "Basic no-base64!" },
        { "Authorization", "Basic" },
        { "Authorization", "Bearer " + IvrKey },
    };

    [Theory]
    [MemberData(nameof(BadCredentials))]
    public async Task Anything_else_is_401_executes_nothing_and_no_key_is_logged(string header, string value)
    {
        await using var gateway = await StartAsync();
        using var answer = await SendAsync(gateway, (header, value));
        await answer.ShouldSayAsync("ER996", "NotExecuted", HttpStatusCode.Unauthorized);
        gateway.Client.Orders.ShouldBeEmpty();
        foreach (var secret in (string[])[IvrKey, "not-the-key", "no-base64", Convert.ToBase64String(Encoding.UTF8.GetBytes(IvrKey))])
            gateway.Log.AllText.ShouldNotContain(secret);
    }

    [Fact]
    public async Task Two_keys_at_once_are_no_key()
    {
        await using var gateway = await StartAsync();
        using var request = Request(HttpMethod.Post, GatewayApp.Path);
        request.Headers.TryAddWithoutValidation("X-Api-Key", [IvrKey, IvrKey]);
        using var answer = await gateway.Http.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_client_with_another_role_is_403()
    {
        await using var gateway = await StartAsync();
        using var answer = await SendAsync(gateway, ("X-Api-Key", OperatorKey));
        await answer.ShouldSayAsync("ER996", "NotExecuted", HttpStatusCode.Forbidden);
        gateway.Client.Orders.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_key_file_is_read_again_its_end_ends_the_access_and_a_broken_one_does_not()
    {
        var file = _folder.File("ivr.key");
        await File.WriteAllTextAsync(file, "the-first-key-of-all\n");
        await using var gateway = await StartAsync(
            access => access.Clients["ivr"] = new PpvAccessClient { KeyFile = file }, ownClock: true);
        async Task<HttpStatusCode> Ask(string key)
        {
            await gateway.Services.GetRequiredService<ClientKeys>().RefreshAsync();
            using var answer = await SendAsync(gateway, ("X-Api-Key", key));
            return answer.StatusCode;
        }

        (await Ask("the-first-key-of-all")).ShouldBe(HttpStatusCode.OK);
        await File.WriteAllTextAsync(file, "the-second-key-of-all");
        (await Ask("the-second-key-of-all")).ShouldBe(HttpStatusCode.OK);
        (await Ask("the-first-key-of-all")).ShouldBe(HttpStatusCode.Unauthorized);
        await File.WriteAllTextAsync(file, "");
        (await Ask("the-second-key-of-all")).ShouldBe(HttpStatusCode.OK);
        (await Ask("the-second-key-of-all")).ShouldBe(HttpStatusCode.OK);
        File.Delete(file);
        (await Ask("the-second-key-of-all")).ShouldBe(HttpStatusCode.Unauthorized);

        gateway.Log.OfOurs.Where(entry => entry.Category.EndsWith(nameof(ClientKeys), StringComparison.Ordinal))
            .Select(entry => (entry.Level, entry.Message)).ShouldBe(
            [
                (LogLevel.Information, "The key of client ivr was renewed."),
                (LogLevel.Error, $"The key file of client ivr can't be used, and its key before stays: {file}: it must hold 16 to 256 "
                    + "printable ASCII characters without spaces, and nothing else."),
                (LogLevel.Warning, $"The key file of client ivr is gone, and so is its access: {file}."),
            ]);
    }

    [Fact]
    public async Task A_host_may_demand_what_it_likes_and_its_only_scheme_stays_its_default()
    {
        await using var gateway = await GatewayApp.StartAsync(
            services: services => services
                .AddAuthorizationBuilder().AddPolicy("partner", policy => policy.RequireClaim("partner")).Services
                .AddAuthentication().AddScheme<AuthenticationSchemeOptions, PartnerHandler>("partner", null),
            map: app => app.MapPpvGateway().RequireAuthorization("partner"));
        using var stranger = await gateway.PostAsync(Order);
        stranger.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var partner = await SendAsync(gateway, ("X-Partner", "yes"));
        await partner.ShouldSayAsync("OK", "Completed");
    }

    private static Task<GatewayApp> StartAsync(Action<PpvAccessOptions>? configure = null, bool ownClock = false) =>
        GatewayApp.StartAsync(ownClock: ownClock, services: services => services.Configure<PpvAccessOptions>(access =>
        {
            access.Clients.Add("ivr", new PpvAccessClient { Key = IvrKey });
            access.Clients.Add("operator", new PpvAccessClient { Key = OperatorKey, Role = PpvAccessRole.Operator });
            configure?.Invoke(access);
        }));

    private static async Task<HttpResponseMessage> SendAsync(
        GatewayApp gateway, (string Name, string Value) header, HttpMethod? method = null, string path = GatewayApp.Path)
    {
        using var request = Request(method ?? HttpMethod.Post, path);
        request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        return await gateway.Http.SendAsync(request);
    }

    private static HttpRequestMessage Request(HttpMethod method, string path) =>
        new(method, path) { Content = new StringContent(Order, new MediaTypeHeaderValue("application/json")) };

    private static string Basic(string name, string key) =>
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{key}"));
}
