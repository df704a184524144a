using Ppv.Hosting;
using Ppv.Hosting.Board;
using Ppv.Hosting.Board.State;
using Ppv.Hosting.Figures;

namespace Ppv.Board.Tests;

/// <summary>What stands on the board, for what its server says.</summary>
public sealed class ShowsTests(Browser browser)
{
    public static TheoryData<string, string, string> Verdicts => new()
    {
        { "ok", "OK", "Orders pass as they should." },
        { "degraded", "DEGRADED", "The gateway on ppv-gateway-2 does not answer any more." },
        { "down", "DOWN", "No host of RabbitMQ can be reached: orders don't pass." },
    };

    [Theory]
    [MemberData(nameof(Verdicts))]
    public async Task The_verdict_is_a_word_with_reasons_and_since_when(string state, string word, string reason)
    {
        await using var page = await OpenAsync(StateOf(state));

        page.Text("#word").ShouldBe(word);
        page.Texts("#reasons li").ShouldContain(reason);
        page.Text("#since").ShouldMatch(@"^since \d\d:\d\d:\d\d, for \d+ ");
        page.Script<string>("return document.title").ShouldBe($"{word} · Worker on ppv-worker-1");
        // To who hears the page: once, politely.
        page.Script<string>("return document.getElementById('spoken').textContent").ShouldStartWith(word + ". ");
        page.Strings("return [...document.querySelectorAll('[aria-live], [role=alert], [role=status]')]"
            + ".map(node => node.id + ' ' + node.ariaLive)").ShouldBe(["spoken polite"]);
        // And as a shape of its own.
        page.Strings("return [...document.querySelectorAll('.verdict g')].filter(node => getComputedStyle(node).display !== 'none')"
            + ".map(node => node.classList[0])").ShouldBe(["when-" + state]);
        page.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Each_hop_of_the_way_has_its_figures_and_plots_in_words()
    {
        await using var page = await OpenAsync(States.Degraded);

        page.Texts(".hop h3 [data-part=name]").ShouldBe(["Gateway", "Broker", "Worker", "Wizard"]);
        page.Texts(".hop .level").ShouldBe(["DEGRADED", "DEGRADED", "OK", "DEGRADED"]);
        page.Texts(".hop:last-child dd").ShouldBe(["25/s", "105 ms", "218 ms", "0.2 %"]);
        page.Texts(".hop:last-child dt").ShouldBe(["orders", "p50", "p99", "2 errors"]);
        page.Strings("return [...document.querySelectorAll('.hop:last-child svg')].map(node => node.getAttribute('aria-label'))").ShouldBe(
        [
            "Orders over 5 min: 25/s now, 29/s at most, 2 errors.",
            "Time over 5 min: half within 105 ms now, 99 of 100 within 218 ms now and 268 ms at most.",
        ]);
        page.Script<string>("return document.querySelector('.hop:last-child .fault').getAttribute('d')").Split('M').Length.ShouldBe(3);
    }

    [Fact]
    public async Task A_plot_is_broken_where_nothing_passed()
    {
        var gateway = States.Down.Path[0];
        var times = gateway.Series.P99Milliseconds.Select((time, step) => step is >= 20 and < 30 or 32 ? null : time).ToList();
        await using var page = await OpenAsync(States.Down with
        {
            Path = [gateway with { Series = gateway.Series with { P99Milliseconds = times } }],
        });

        page.Texts(".hop dd").ShouldBe(["0/s", "–", "–", "0"]);
        var path = page.Script<string>("return document.querySelector('.hop .p99').getAttribute('d')");
        // 20 steps, a gap, 2, a gap, 17, and then nothing to the end.
        path.Split('M', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('L').Length).ShouldBe([20, 2, 17]);
        path.ShouldNotContain("NaN");
        page.Script<string>("return document.querySelector('.hop .edge').getAttribute('d')").Split('L').Length.ShouldBe(60);
    }

    [Fact]
    public async Task Lines_say_in_words_what_they_do_and_what_was_done()
    {
        await using var page = await OpenAsync(States.Degraded);

        Words(page, 3).ShouldMatch(@"^Line 003 busy OK \d+ \w+ EV done EN done UP not done$");
        Words(page, 11).ShouldMatch(@"^Line 011 resting ER444 \d+ \w+ EV done EN done UP not done$");
        Words(page, 12).ShouldMatch(@"^Line 012 2 waiting OK \d+ \w+ EV done EN not done UP not done$");
        Words(page, 28).ShouldBe("Line 028 free – EV not done EN not done UP not done");
        page.Texts("#line-summary li").Select(Joined).ShouldBe(["18 free", "5 leased", "3 busy", "1 waiting", "2 resting"]);
    }

    [Fact]
    public async Task Ages_grow_by_themselves()
    {
        await using var server = await BoardServer.StartAsync(States.Ok);
        server.IsSilent = true;
        await using var page = await browser.OpenAsync(server.Address);
        await page.UntilTextAsync("#link", "live");
        page.Script<object?>("window.EventSource = class extends EventTarget { close() { } }"); // So that no second state comes.
        var before = page.Text("[data-line='2'] .age");

        await page.UntilAsync($"document.querySelector(\"[data-line='2'] .age\").textContent !== '{before}'");
    }

    [Fact]
    public async Task Brokers_members_codes_unknowns_and_warnings_are_shown()
    {
        await using var page = await OpenAsync(States.Degraded);

        string.Join('|', page.Texts("#brokers .head").Select(Joined)).ShouldMatch(
            @"^kfs-gax down \d min\|bs-gax in use ready \d min\|ppv_rpc_queue 3 orders waiting, 2 consumers$");
        page.Text("#brokers .facts").ShouldMatch(
            @"^1 failover since the start, the last at \d\d:\d\d:\d\d\. The preferred host is tried again in 41 s\.$");
        page.Texts("#member-list .head").Select(Joined).ShouldContain("Worker ppv-worker-1 leader this one up 3 days");
        page.Texts("#member-list .head").Select(Joined).Last().ShouldMatch(@"^Gateway ppv-gateway-2 DEAD, last seen \d\d:\d\d:\d\d$");
        page.Texts("#code-head th").ShouldBe(["code", "5 min", "1 h", "24 h"]);
        page.Texts("#code-rows tr").Select(Joined).ShouldBe(
            ["OK 1 109 13 366 199 189", "ER304 47 568 8 476", "ER444 11 142 2 119", "_OTHER 11 142 2 119"]);
        page.Text("#unknown-count").ShouldBe("2 wait for somebody");
        page.Text("#unknown-help").ShouldContain("ppv journal settle ORDER --bought or --not-bought");
        page.Text("#unknown-list li").ShouldContain("5f0c9d3e-7d0b-4a65-9f3e-0b8f1f0a2c11");
        page.Text("#unknown-list li").ShouldContain("on line 011");
        page.Texts("#warning-list .level").ShouldBe(["warning", "error"]);
        page.Text("#warning-list li").ShouldContain("event 1002");
    }

    [Fact]
    public async Task The_board_of_a_gateway_says_what_it_does_not_know_and_shows_nothing_of_what_it_has_not()
    {
        await using var page = await OpenAsync(States.OfGateway);

        page.Texts(".hop .level").ShouldBe(["OK", "OK", "not known here", "not known here"]);
        page.Is("document.getElementById('lines').checkVisibility() || document.getElementById('unknowns').checkVisibility()")
            .ShouldBeFalse("Of what only a worker has there is no empty card.");
        page.Text("#warnings-none").ShouldBe("None since this program started.");
    }

    [Fact]
    public async Task A_journal_that_could_not_be_looked_into_is_not_said_to_be_missing()
    {
        await using var page = await OpenAsync(States.Ok with { Unknowns = new BoardUnknowns(null, [], "The disk hangs.") });
        page.Text("#unknowns-none").ShouldBe("It is not known whether any waits. The disk hangs.");
    }

    [Fact]
    public async Task More_codes_than_fit_are_added_up()
    {
        var codes = Enumerable.Range(1, 20).Select(number => new BoardCode($"ER{number:000}", 100 - number)).ToList();
        await using var page = await OpenAsync(States.Ok with { Codes = [new("24 h", 2_000, codes)] });

        page.Texts("#code-rows tr").Select(Joined).Last().ShouldBe($"8 other codes {codes.Skip(12).Sum(code => code.Count)}");
    }

    [Fact]
    public async Task Text_from_the_server_is_text_and_never_markup()
    {
        await using var page = await OpenAsync(States.Nasty);
        page.Click("[data-line='3']");
        await page.UntilTextAsync("#line-problem", "404");

        page.Script<long>("return document.querySelectorAll('img, main script').length").ShouldBe(0);
        page.Script<string>("return document.title").ShouldStartWith("DEGRADED · ");
        page.Text("#reasons").ShouldContain("<script>");
        page.Problems.ShouldNotContain(problem => !problem.Contains("404", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_stays_the_same_is_left_alone()
    {
        var state = States.OfGateway;
        await using var server = await BoardServer.StartAsync(state);
        await using var page = await browser.OpenAsync(server.Address);
        await page.UntilTextAsync("#link", "live");
        // Ages grow, and are no news.
        page.Script<object?>("""
            window.changes = [];
            const isAge = node => (node.nodeType === 1 ? node : node.parentElement).closest('time.age, #since, #program, .end');
            new MutationObserver(list => window.changes.push(...list.filter(change => !isAge(change.target)).map(change => change.type + ' '
              + (change.target.id || change.target.dataset?.part || change.target.className)))).observe(
              document.documentElement, { subtree: true, childList: true, attributes: true, characterData: true });
            window.heard = 0;
            new EventSource('events').addEventListener('state', () => { window.heard++; });
            """);

        server.Show(state);
        server.Show(state);

        await page.UntilAsync("window.heard >= 3");
        page.Strings("return window.changes").ShouldBeEmpty();
        server.Show(state with { Codes = [] });
        await page.UntilAsync("window.changes.length > 0");
    }

    [Fact]
    public async Task A_line_that_changes_stays_the_same_element()
    {
        await using var server = await BoardServer.StartAsync(States.Ok);
        await using var page = await browser.OpenAsync(server.Address);
        await page.UntilTextAsync("[data-line='4'] .state", "free");
        page.Script<object?>(
            "document.querySelector(\"[data-line='4']\").mine = true; document.querySelector(\"[data-line='4']\").focus()");

        server.Show(States.Ok with { Lines = [.. States.Ok.Lines.Where(line => line.Number != 3).Select(Rest)] });

        await page.UntilTextAsync("[data-line='4'] .state", "resting");
        page.Is("document.querySelector(\"[data-line='4']\").mine").ShouldBeTrue();
        page.Focused.ShouldBe("line 4");
        page.Is("document.querySelector(\"[data-line='3']\")").ShouldBeFalse();

        static BoardLine Rest(BoardLine line) => line.Number == 4 ? States.Resting(line) : line;
    }

    [Fact]
    public async Task A_violation_of_the_policy_or_an_error_would_be_noticed()
    {
        await using var server = await BoardServer.StartAsync(States.Ok, changePage: page => page
            .Replace("<body>", "<body><p style=\"color: red\" onclick=\"alert()\">", StringComparison.Ordinal));
        await using var page = await browser.OpenAsync(server.Address);
        await page.UntilTextAsync("#link", "live");
        page.Script<object?>("setTimeout(() => { throw new Error('Broken on purpose.'); })");
        var problems = new List<string>();
        await page.UntilAsync("true");
        for (var turn = 0; turn < 100 && !problems.Exists(problem => problem.Contains("on purpose", StringComparison.Ordinal)); turn++)
            problems.AddRange(page.Problems);

        problems.ShouldContain(problem => problem.StartsWith("style-src-attr: inline", StringComparison.Ordinal));
        problems.ShouldContain(problem => problem.StartsWith("script-src-attr: inline", StringComparison.Ordinal));
        problems.ShouldContain(problem => problem.Contains("Broken on purpose.", StringComparison.Ordinal));
    }

    private static BoardState StateOf(string name) => name switch { "ok" => States.Ok, "degraded" => States.Degraded, _ => States.Down };

    private static string Words(Tab page, int line) =>
        Joined(page.Script<string>($"return document.querySelector(\"[data-line='{line}']\").textContent"));

    private static string Joined(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The page keeps its server as long as it is open.</summary>
    private async Task<Tab> OpenAsync(BoardState state)
    {
        var server = await BoardServer.StartAsync(state);
        var page = await browser.OpenAsync(server.Address, server: server);
        await page.UntilTextAsync("#link", "live");
        return page;
    }
}
