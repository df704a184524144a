using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;

namespace Ppv.Hosting.Tests;

/// <summary>Who may see the board: without authorization this machine only, and directly.</summary>
public class BoardAccessTests
{
    private static readonly string[] Paths = ["/board/", "/board", "/board/state", "/board/events", "/board/lines/1", "/board/board.js"];

    [Theory]
    [InlineData("Host", "localhost", true)]
    [InlineData("Host", "LOCALHOST:8080", true)]
    [InlineData("Host", "127.0.0.1", true)]
    [InlineData("Host", "127.0.0.1:8080", true)]
    [InlineData("Host", "[::1]:8080", true)]
    [InlineData("Host", "ppv.example", false)]
    [InlineData("Host", "localhost.example", false)]
    [InlineData("Host", "127.0.0.1.example", false)]
    [InlineData("Host", "10.0.0.7", false)]
    [InlineData("X-Forwarded-For", "127.0.0.1", false)]
    [InlineData("x-forwarded-for", "203.0.113.9", false)]
    [InlineData("X-Forwarded-Host", "localhost", false)]
    [InlineData("X-Forwarded-Proto", "https", false)]
    [InlineData("X-Forwarded-Prefix", "/ppv", false)]
    [InlineData("X-Original-For", "127.0.0.1:1", false)]
    [InlineData("X-Original-Host", "localhost", false)]
    [InlineData("X-Real-IP", "127.0.0.1", false)]
    [InlineData("Forwarded", "for=127.0.0.1", false)]
    [InlineData("Via", "1.1 proxy", false)]
    [InlineData("X-Envoy-External-Address", "203.0.113.9", false)]
    [InlineData("X-Cluster-Client-IP", "203.0.113.9", false)]
    [InlineData("CF-Connecting-IPv6", "2001:db8::1", false)]
    [InlineData("Fastly-Client-IP", "203.0.113.9", false)]
    [InlineData("CDN-Loop", "example", false)]
    [InlineData("X-Other", "1", true)]
    public async Task From_loopback_it_is_shown_unless_it_was_passed_on_or_asked_for_by_another_name(
        string header, string value, bool isShown)
    {
        await using var app = await BoardApp.StartAsync(withGateway: false);
        foreach (var path in Paths)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation(header, value).ShouldBeTrue();
            using var answer = await app.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            if (isShown) answer.StatusCode.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.RedirectKeepVerb);
            else await ShouldSayHowToOpenAsync(answer);
        }
    }

    [Fact]
    public async Task What_a_known_proxy_passed_on_is_not_local_although_the_gateway_took_its_header()
    {
        await using var app = await BoardApp.StartAsync(build: builder => builder.Configuration.AddInMemoryCollection(
            [new("Ppv:Gateway:KnownProxies:0", "127.0.0.1")]));
        using (var direct = await app.Http.GetAsync("/board/state")) direct.StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var caller in new[] { "127.0.0.1", "203.0.113.9", "127.0.0.1, 127.0.0.1" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/board/state");
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", caller);
            using var answer = await app.Http.SendAsync(request);
            await ShouldSayHowToOpenAsync(answer);
        }
    }

    [Fact]
    public async Task What_the_hosts_own_proxy_middleware_took_is_not_local_either()
    {
        await using var app = await BoardApp.StartAsync(map: app =>
        {
            app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All });
            app.UseRouting();
            app.MapPpvDashboard();
        }, withGateway: false);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/board/state");
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", "127.0.0.1");
        request.Headers.TryAddWithoutValidation("X-Forwarded-Host", "localhost");
        request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", "http");
        using var answer = await app.Http.SendAsync(request);
        await ShouldSayHowToOpenAsync(answer);
    }

    [Theory]
    [InlineData("203.0.113.9", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("127.0.0.2", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData(null, false)]
    public async Task Another_address_is_not_this_machine_and_none_proves_nothing(string? address, bool isShown)
    {
        await using var app = await BoardApp.StartAsync(map: app =>
        {
            app.Use((context, next) =>
            {
                context.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);
                return next(context);
            });
            app.UseRouting();
            app.MapPpvDashboard();
        }, withGateway: false);
        using var answer = await app.Http.GetAsync("/board/state");
        if (isShown) answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        else await ShouldSayHowToOpenAsync(answer);
    }

    [Fact]
    public async Task Over_a_unix_socket_it_is_shown_but_not_through_a_proxy()
    {
        using var folder = new TemporaryFolder();
        var socket = folder.File("board.sock");
        await using var app = await BoardApp.StartAsync(
            build: builder => builder.WebHost.UseUrls("http://127.0.0.1:0", $"http://unix:{socket}"), withGateway: false);
        (await OverSocketAsync(socket)).ShouldBe(HttpStatusCode.OK);
        (await OverSocketAsync(socket, "X-Real-IP")).ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task With_authorization_that_alone_decides()
    {
        await using var app = await BoardApp.StartAsync(
            map: app => app.MapPpvDashboard().RequireAuthorization(PpvPolicies.Operator),
            build: builder => builder.Configuration.AddInMemoryCollection(
                [new("Ppv:Access:Clients:wall:Key", "the-key-of-the-wall-screen"), new("Ppv:Access:Clients:wall:Role", "Operator")]),
            withGateway: false);
        (await StatusAsync(app, null, null)).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(app, "the-key-of-the-wall-screen", null)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(app, "the-key-of-the-wall-screen", "203.0.113.9")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(app, "another-key-than-any-client-has", null)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Authorization_that_is_taken_back_again_leaves_it_to_this_machine()
    {
        await using var app = await BoardApp.StartAsync(
            map: app => app.MapPpvDashboard().RequireAuthorization(PpvPolicies.Operator).AllowAnonymous(), withGateway: false);
        (await StatusAsync(app, null, null)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(app, null, "203.0.113.9")).ShouldBe(HttpStatusCode.Forbidden);
    }

    private static async Task<HttpStatusCode> StatusAsync(BoardApp app, string? key, string? forwardedFor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/board/state");
        if (key is not null) request.Headers.Add("X-Api-Key", key);
        if (forwardedFor is not null) request.Headers.Add("X-Forwarded-For", forwardedFor);
        using var answer = await app.Http.SendAsync(request);
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> OverSocketAsync(string socket, string? header = null)
    {
        using var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
                return new NetworkStream(connection, ownsSocket: true);
            },
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://localhost/board/state");
        if (header is not null) request.Headers.Add(header, "10.0.0.1");
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }

    private static async Task ShouldSayHowToOpenAsync(HttpResponseMessage answer)
    {
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("app.MapPpvDashboard().RequireAuthorization(PpvPolicies.Operator)");
    }
}
