using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ppv.Hosting.Tests;

/// <summary>What is to be had below the board's path, and in which form.</summary>
public class BoardRoutesTests
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'";

    [Theory]
    [InlineData("/board/", 200, "text/html; charset=utf-8", "no-cache")]
    [InlineData("/board/board.css", 200, "text/css; charset=utf-8", "no-cache")]
    [InlineData("/board/board.js", 200, "text/javascript; charset=utf-8", "no-cache")]
    [InlineData("/board/board.svg", 200, "image/svg+xml", "no-cache")]
    [InlineData("/board/state", 200, "application/json", "no-store")]
    [InlineData("/board/lines/1", 200, "application/json", "no-store")]
    [InlineData("/board/events", 200, "text/event-stream", "no-store")]
    [InlineData("/board", 307, null, "no-store")]
    [InlineData("/board/lines/30", 404, "text/plain; charset=utf-8", "no-store")]
    [InlineData("/board/lines/0", 404, "text/plain; charset=utf-8", "no-store")]
    [InlineData("/board/lines/-1", 404, "text/plain; charset=utf-8", "no-store")]
    [InlineData("/board/lines/99999999999", 404, "text/plain; charset=utf-8", "no-store")]
    [InlineData("/board/lines/", 404, "text/plain; charset=utf-8", "no-store")]
    [InlineData("/board/board.html", 404, "text/plain; charset=utf-8", "no-store")]
    [InlineData("/board/..%2fappsettings.json", 404, "text/plain; charset=utf-8", "no-store")]
    [InlineData("/board/other", 404, "text/plain; charset=utf-8", "no-store")]
    public async Task Each_answer_has_its_type_and_the_headers_of_security(string path, int status, string? type, string cache)
    {
        await using var app = await BoardApp.StartAsync(withGateway: false);
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head })
        {
            using var answer = await app.Http.SendAsync(new HttpRequestMessage(method, path), HttpCompletionOption.ResponseHeadersRead);
            ((int)answer.StatusCode).ShouldBe(status);
            answer.Content.Headers.ContentType?.ToString().ShouldBe(type);
            answer.Headers.CacheControl!.ToString().ShouldBe(cache);
            ShouldBeGuarded(answer);
            if (method == HttpMethod.Head) (await answer.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public async Task It_is_for_reading(string method)
    {
        await using var app = await BoardApp.StartAsync(withGateway: false);
        foreach (var path in new[] { "/board/", "/board/state", "/board/lines/1" })
        {
            using var answer = await app.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
            answer.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
            answer.Content.Headers.Allow.ShouldBe(["GET", "HEAD"]);
            ShouldBeGuarded(answer);
        }
    }

    [Fact]
    public async Task Who_is_refused_gets_the_headers_of_security_too()
    {
        await using var app = await BoardApp.StartAsync(withGateway: false);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/board/");
        request.Headers.Add("Via", "1.1 proxy");
        using var answer = await app.Http.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        ShouldBeGuarded(answer);
    }

    [Fact]
    public async Task A_file_that_is_known_already_is_not_sent_again()
    {
        await using var app = await BoardApp.StartAsync(withGateway: false);
        using var first = await app.Http.GetAsync("/board/board.css");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/board/board.css");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await app.Http.SendAsync(request);
        second.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await second.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
        ShouldBeGuarded(second);

        using var old = new HttpRequestMessage(HttpMethod.Get, "/board/board.css");
        old.Headers.TryAddWithoutValidation("If-None-Match", "\"of-before\"");
        using var third = await app.Http.SendAsync(old);
        third.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>What the page links relative to itself must be found wherever it is mapped.</summary>
    [Theory]
    [InlineData("/board", "", "/board")]
    [InlineData("/board/", "", "/board")]
    [InlineData("board", "", "/board")]
    [InlineData("/", "", "")]
    [InlineData("", "", "")]
    [InlineData("/deep/er", "", "/deep/er")]
    [InlineData("/board", "/base", "/base/board")]
    [InlineData("/", "/base", "/base")]
    public async Task It_works_below_a_path_base_and_with_a_slash_at_the_end_or_none(string pattern, string pathBase, string path)
    {
        await using var app = await BoardApp.StartAsync(map: app =>
        {
            if (pathBase.Length > 0) app.UsePathBase(pathBase);
            app.UseRouting();
            app.MapPpvDashboard(pattern);
        }, withGateway: false);
        var page = new Uri(app.Address, $"{path}/");
        if (path.Length > 0)
        {
            using var without = await app.Http.GetAsync($"{path}?theme=dark");
            if (without.StatusCode == HttpStatusCode.RedirectKeepVerb)
            {
                without.Headers.Location!.IsAbsoluteUri.ShouldBeFalse();
                new Uri(new Uri(app.Address, path), without.Headers.Location).ShouldBe(new Uri(page, "?theme=dark"));
            }
            else
            {
                pattern.ShouldBe("/"); // Below a path base the page is at its root, and that has no path to put a slash behind.
            }
        }

        foreach (var file in new[] { "", "board.css", "board.js", "board.svg", "state", "lines/16" })
        {
            using var answer = await app.Http.GetAsync(new Uri(page, file));
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, file);
        }
    }

    [Fact]
    public async Task In_a_group_it_has_the_groups_path_and_conventions()
    {
        await using var app = await BoardApp.StartAsync(map: app =>
        {
            var group = app.MapGroup("/ops");
            group.MapPpvDashboard();
            group.WithMetadata(new Mark());
        }, withGateway: false);
        using var answer = await app.Http.GetAsync("/ops/board/state");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        app.Services.GetRequiredService<EndpointDataSource>().Endpoints.Single(endpoint => endpoint.DisplayName == "PPV line board")
            .Metadata.GetMetadata<Mark>().ShouldNotBeNull();
    }

    [Fact]
    public async Task A_host_without_gateway_and_worker_is_told_what_it_lacks()
    {
        await using var app = WebApplication.CreateBuilder().Build();
        Should.Throw<InvalidOperationException>(() => app.MapPpvDashboard()).Message.ShouldContain("AddPpvGateway or AddPpvServer");
    }

    [Fact]
    public async Task The_page_has_nothing_inline_and_nothing_from_elsewhere()
    {
        await using var app = await BoardApp.StartAsync(withGateway: false);
        var page = await app.Http.GetStringAsync("/board/");
        page.ShouldContain("href=\"board.css\"");
        page.ShouldContain("src=\"board.js\"");
        page.ShouldNotContain("://");
        page.ShouldNotContain("style=");
        page.ShouldNotContain("<style");
        page.ShouldNotMatch("<script(?![^>]* src=)");
        page.ShouldNotMatch(" on[a-z]+=");
    }

    [Fact]
    public async Task Times_are_UTC_and_words_are_in_lower_case()
    {
        await using var app = await BoardApp.StartAsync();
        // What takes the journal long is not there at first.
        var state = await app.UntilAsync(state => state.GetProperty("verdict").GetProperty("level").GetString() == "ok"
            && state.GetProperty("unknowns").GetProperty("count").ValueKind == JsonValueKind.Number);
        state.GetProperty("at").GetString().ShouldEndWith("+00:00");
        state.GetProperty("lines").EnumerateArray().First().GetProperty("state").GetString().ShouldBe("free");
        state.GetProperty("lines").GetArrayLength().ShouldBe(29);
        state.GetProperty("path").EnumerateArray().Select(hop => hop.GetProperty("name").GetString())
            .ShouldBe(["gateway", "broker", "worker", "wizard"]);
        state.GetProperty("unknowns").GetProperty("count").GetInt32().ShouldBe(0);
    }

    private static void ShouldBeGuarded(HttpResponseMessage answer)
    {
        answer.Headers.GetValues("Content-Security-Policy").ShouldBe([Policy]);
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        answer.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
    }

    private sealed class Mark;
}
