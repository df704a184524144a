using OpenQA.Selenium;
using Ppv.Hosting;
using Ppv.Hosting.Board;

namespace Ppv.Board.Tests;

/// <summary>What the page does when its server dies, hangs, says goodbye, or turns it away.</summary>
public sealed class NewsTests(Browser browser)
{
    [Fact]
    public async Task A_dead_program_is_seen_as_such_and_its_next_life_too()
    {
        var server = await BoardServer.StartAsync(States.Ok);
        await using var page = await OpenAsync(server);
        // Not by waiting for news that doesn't come, as with a program that hangs: at once.
        page.Script<object?>("for (let id = 0; id < 10000; id++) clearInterval(id)");

        await server.DisposeAsync();

        await page.UntilTextAsync("#word", "NO NEWS");
        page.Text("#banner").ShouldMatch(@"^No news from Worker on ppv-worker-1 since \d\d:\d\d:\d\d: what you see is old\.$");
        page.Texts("#reasons li").ShouldBe(
        [
            "Worker on ppv-worker-1 does not answer. It may be dead, or the network to it: look at its machine.", "It last said OK.",
        ]);
        page.Text("#link").ShouldBe("no news");
        page.Script<string>("return document.title").ShouldStartWith("NO NEWS");
        page.Script<string>("return document.getElementById('spoken').textContent").ShouldStartWith("NO NEWS.");
        page.Is("document.getElementById('board').hasAttribute('data-stale')").ShouldBeTrue();

        await using var next = await BoardServer.StartAsync(States.Degraded, server.Port);
        await page.UntilTextAsync("#word", "DEGRADED");
        page.Is("document.getElementById('banner').hidden && !document.getElementById('board').hasAttribute('data-stale')").ShouldBeTrue();
        page.Text("#link").ShouldBe("live");
    }

    [Fact]
    public async Task A_program_that_hangs_is_seen_as_such()
    {
        await using var server = await BoardServer.StartAsync(States.Ok);
        await using var page = await OpenAsync(server);

        server.IsSilent = server.GreetsNobody = true;

        await page.UntilTextAsync("#word", "NO NEWS");
        server.IsSilent = server.GreetsNobody = false;
        server.Show(States.Degraded);
        await page.UntilTextAsync("#word", "DEGRADED");
    }

    /// <summary>HTTP/1.1 gives a browser six connections to a server, and a stream of events keeps one.</summary>
    [Fact]
    public async Task Each_of_eight_windows_of_one_browser_shows_news()
    {
        await using var server = await BoardServer.StartAsync(States.Ok);
        var windows = new Stack<Tab>();
        try
        {
            for (var n = 0; n < 8; n++)
            {
                windows.Push(await browser.OpenAsync(server.Address, type: WindowType.Window));
                await windows.Peek().UntilTextAsync("#word", "OK");
            }

            server.Show(States.Degraded);

            foreach (var window in windows)
            {
                window.LookBack();
                await window.UntilTextAsync("#word", "DEGRADED");
                window.Text("#link").ShouldBeOneOf("live", "every 2 s");
            }
        }
        finally
        {
            foreach (var window in windows) await window.DisposeAsync();
        }
    }

    [Fact]
    public async Task Ages_stand_still_while_there_is_no_news()
    {
        var server = await BoardServer.StartAsync(States.Ok);
        await using var page = await OpenAsync(server);
        await server.DisposeAsync();
        await page.UntilTextAsync("#word", "NO NEWS");
        var (ages, banner) = (page.Texts(".line .age"), page.Text("#banner"));

        // So long that the browser has tried again, and the page looked at its clock.
        await page.UntilAsync("(window.waitedSince ??= Date.now()) < Date.now() - 5000");

        page.Texts(".line .age").ShouldBe(ages);
        page.Text("#banner").ShouldBe(banner);
    }

    [Fact]
    public async Task A_program_that_was_stopped_is_not_taken_for_dead()
    {
        var server = await BoardServer.StartAsync(States.Ok);
        await using var page = await OpenAsync(server);

        server.SayBye();
        await page.UntilTextAsync("#word", "STOPPED");
        await server.DisposeAsync();

        await page.UntilAsync(
            "performance.getEntriesByType('resource').length > 0 && document.getElementById('word').innerText === 'STOPPED'");
        page.Text("#banner").ShouldMatch(@"^Worker on ppv-worker-1 was stopped at \d\d:\d\d:\d\d: what you see is old\.$");
        await using var next = await BoardServer.StartAsync(States.Ok, server.Port);
        await page.UntilTextAsync("#word", "OK");
    }

    [Fact]
    public async Task Without_a_stream_the_board_looks_now_and_then()
    {
        await using var server = await BoardServer.StartAsync(States.Ok);
        server.RefusesEvents = (503, "100 boards are open already.");
        await using var page = await browser.OpenAsync(server.Address);

        await page.UntilTextAsync("#link", "every 2 s");
        page.Text("#word").ShouldBe("OK");
        server.Show(States.Degraded);
        await page.UntilTextAsync("#word", "DEGRADED");
        page.Text("#link").ShouldBe("every 2 s");
    }

    [Fact]
    public async Task A_stream_that_a_proxy_holds_back_is_no_hanging_program()
    {
        await using var server = await BoardServer.StartAsync(States.Ok);
        server.HoldsStreamBack = true;
        await using var page = await browser.OpenAsync(server.Address);

        await page.UntilTextAsync("#link", "every 2 s");
        page.Text("#word").ShouldBe("OK");
        server.Show(States.Degraded);
        await page.UntilTextAsync("#word", "DEGRADED");
        page.Text("#link").ShouldBe("every 2 s");
        server.Readers.ShouldBe(0);
    }

    [Fact]
    public async Task A_tab_that_is_shown_again_says_how_old_it_is_until_the_first_news()
    {
        await using var server = await BoardServer.StartAsync(States.Ok);
        await using var page = await OpenAsync(server);
        page.LookAway();
        await UntilAsync(() => server.Readers == 0);

        server.IsSilent = server.GreetsNobody = true;
        page.LookBack();
        await page.UntilTextAsync("#banner", "waiting for news");
        page.Text("#banner").ShouldMatch(@"^What you see is from \d\d:\d\d:\d\d: waiting for news\.$");
        page.Is("document.getElementById('board').hasAttribute('data-stale')").ShouldBeTrue();

        server.IsSilent = server.GreetsNobody = false;
        server.Show(States.Degraded);
        await page.UntilTextAsync("#word", "DEGRADED");
        page.Is("document.getElementById('banner').hidden && !document.getElementById('board').hasAttribute('data-stale')").ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_left_out_is_said()
    {
        await using var server = await BoardServer.StartAsync(States.Ok with { LeftOut = "Some are left out." });
        await using var page = await OpenAsync(server);
        await page.UntilTextAsync("#reasons", "Some are left out.");
    }

    [Fact]
    public async Task Who_is_turned_away_reads_why()
    {
        await using var server = await BoardServer.StartAsync(States.Ok);
        server.RefusesEvents = server.RefusesState = (403, "The board is reachable from this machine only.");
        await using var page = await browser.OpenAsync(server.Address);

        await page.UntilTextAsync("#reasons", "The server answered 403: The board is reachable from this machine only.");
        page.Text("#word").ShouldBe("NO NEWS");
        server.RefusesEvents = server.RefusesState = null;
        await page.UntilTextAsync("#word", "OK");
    }

    [Fact]
    public async Task A_tab_that_nobody_sees_takes_no_connection()
    {
        await using var server = await BoardServer.StartAsync(States.Ok);
        await using var page = await OpenAsync(server);
        server.Readers.ShouldBe(1);

        page.LookAway();
        await UntilAsync(() => server.Readers == 0);

        server.Show(States.Degraded);
        page.LookBack();
        await page.UntilTextAsync("#word", "DEGRADED");
        page.Text("#link").ShouldBe("live");
    }

    [Fact]
    public async Task A_program_of_another_version_gets_its_own_page()
    {
        await using var server = await BoardServer.StartAsync(States.Ok);
        await using var page = await OpenAsync(server);
        page.Script<object?>("window.isOld = true");

        server.Show(States.Ok with { Program = States.Ok.Program with { Version = "0.2.0" } });

        await page.UntilAsync("!window.isOld");
        await page.UntilTextAsync("#program", "version 0.2.0");
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Hang.Limit);
        while (!condition()) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, limit.Token);
    }

    private async Task<Tab> OpenAsync(BoardServer server)
    {
        var page = await browser.OpenAsync(server.Address);
        await page.UntilTextAsync("#link", "live");
        return page;
    }
}
