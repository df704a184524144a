using OpenQA.Selenium;
using Ppv.Hosting;
using Ppv.Hosting.Board;
using Ppv.Hosting.Board.State;

namespace Ppv.Board.Tests;

/// <summary>How somebody uses the board: with a mouse, with keys alone, on a phone, in the dark, without colours.</summary>
public sealed class UseTests(Browser browser)
{
    private const double LeastContrast = 4.5; // WCAG 2.2, 1.4.3, level AA.
    private const double LeastContrastOfLargeText = 3;

    public static TheoryData<string, bool> Looks => new(
        from state in new[] { "ok", "degraded", "down", "gateway", "nasty", "lost" }
        from dark in new[] { false, true } select (state, dark));

    [Fact]
    public async Task A_line_shows_its_last_exchanges_and_gives_the_focus_back()
    {
        await using var server = await BoardServer.StartAsync(States.Degraded);
        server.Details = line => new(line,
        [
            States.Exchange("UP", null, "Unknown"), States.Exchange("EN=85****20", "OK"),
            States.Exchange("EV=262193", "ER304", "NotExecuted"),
        ]);
        await using var page = await browser.OpenAsync(server.Address);
        await page.UntilTextAsync("#link", "live");

        page.Click("[data-line='11']");

        await page.UntilAsync("document.querySelectorAll('#line-rows tr').length === 3");
        page.Is("document.getElementById('line').open && document.getElementById('line').contains(document.activeElement)").ShouldBeTrue();
        page.Text("#line-title").ShouldBe("Line 011");
        page.Text("#line-now").ShouldMatch(@"^Resting since \d\d:\d\d:\d\d\.$");
        page.Texts("#line-rows code").ShouldBe(["UP", "EN=85****20", "EV=262193"]);
        page.Texts("#line-rows [data-part=code]").ShouldBe(["no answer", "OK", "ER304"]);
        page.Texts("#line-rows [data-part=outcome]").ShouldBe(["outcome unknown", "", "not executed"]);

        page.Press(Keys.Escape);
        await page.UntilAsync("!document.getElementById('line').open");
        page.Focused.ShouldBe("line 11");
        page.Press(Keys.Enter);
        await page.UntilAsync("document.getElementById('line').open");
        page.Press(Keys.Enter); // The button that closes it has the focus.
        await page.UntilAsync("!document.getElementById('line').open");
        page.Focused.ShouldBe("line 11");
        page.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_open_line_says_for_how_long_its_call_has_had_it()
    {
        await using var server = await BoardServer.StartAsync(States.Ok);
        await using var page = await browser.OpenAsync(server.Address);
        await page.UntilTextAsync("[data-line='3'] .state", "busy");
        page.Click("[data-line='3']");
        await page.UntilTextAsync("#line-now", "which has had it for 7 min");
        page.Text("#line-now").ShouldMatch(@"^Busy since \d\d:\d\d:\d\d, of call 00f2026c1a3e0b73, which has had it for 7 min\.$");
    }

    [Fact]
    public async Task An_open_line_follows_what_happens_on_it()
    {
        await using var server = await BoardServer.StartAsync(States.Ok);
        List<BoardExchange> exchanges = [];
        server.Details = line => new(line, exchanges);
        await using var page = await browser.OpenAsync(server.Address);
        await page.UntilTextAsync("[data-line='4'] .state", "free");
        page.Click("[data-line='4']");
        await page.UntilTextAsync("#line-none", "Nothing has passed");

        exchanges = [States.Exchange("UP", null, "Unknown")];
        server.Show(States.Ok with { Lines = [.. States.Ok.Lines.Select(line => line.Number == 4 ? States.Resting(line) : line)] });

        await page.UntilTextAsync("#line-rows", "outcome unknown");
        page.Text("#line-now").ShouldStartWith("Resting since ");
        page.Is("document.getElementById('line').open").ShouldBeTrue();
    }

    [Fact]
    public async Task All_lines_are_one_stop_of_the_Tab_key_and_the_arrows_go_through_them()
    {
        await using var page = await OpenAsync("ok");

        page.Press(Keys.Tab);
        page.Focused.ShouldBe("line 1");
        page.Script<string>("return getComputedStyle(document.activeElement).outlineStyle").ShouldBe("solid");
        page.Press(Keys.ArrowRight, Keys.ArrowRight, Keys.ArrowLeft);
        page.Focused.ShouldBe("line 2");
        var columns = page.Script<long>(
            "const all = [...document.querySelectorAll('.line')]; return all.filter(node => node.offsetTop === all[0].offsetTop).length");
        page.Press(Keys.ArrowDown);
        page.Focused.ShouldBe($"line {2 + columns}");
        page.Press(Keys.ArrowUp, Keys.End);
        page.Focused.ShouldBe("line 29");
        page.Press(Keys.ArrowRight);
        page.Focused.ShouldBe("line 29");
        page.Press(Keys.Home);
        page.Focused.ShouldBe("line 1");
        page.Press(Keys.End, Keys.Tab);
        page.Is("document.activeElement === document.body").ShouldBeTrue("nothing else takes the focus");
        page.Press(Keys.Shift + Keys.Tab);
        page.Focused.ShouldBe("line 29");
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task All_text_can_be_told_from_what_is_behind_it(string state, bool dark)
    {
        await using var page = await OpenAsync(state, Screen.Desktop with { IsDark = dark, IsStill = true });

        var found = page.Strings(Contrasts, LeastContrast, LeastContrastOfLargeText);

        found[0].ShouldBe(dark ? "dark" : "light");
        int.Parse(found[1]).ShouldBeGreaterThan(40);
        found.Skip(2).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("ok")]
    [InlineData("degraded")]
    [InlineData("gateway")]
    [InlineData("nasty")]
    [InlineData("lost")]
    public async Task Nothing_is_wider_than_a_small_phone(string state)
    {
        await using var page = await OpenAsync(state, Screen.SmallPhone);

        page.Script<long>("return document.documentElement.scrollWidth").ShouldBe(360);
        page.Strings("""
            return [...document.querySelectorAll('main *')].filter(node => node.checkVisibility() && !node.closest('.hidden, svg'))
              .filter(node => node.getBoundingClientRect().right > innerWidth + 0.5)
              .map(node => node.tagName + '.' + node.className + ': ' + node.textContent.trim().slice(0, 40))
            """).ShouldBeEmpty();
    }

    [Fact]
    public async Task All_lines_are_seen_without_scrolling()
    {
        await using var page = await OpenAsync("ok", new Screen(1400, 1000));
        page.Script<double>("return document.querySelector('#line-grid').getBoundingClientRect().bottom + 0.01").ShouldBeLessThan(1000);
    }

    [Fact]
    public async Task A_line_s_exchanges_fit_on_a_small_phone()
    {
        await using var server = await BoardServer.StartAsync(States.Degraded);
        server.Details = line => new(line, [States.Exchange("EN=85****20", null, "Unknown")]);
        await using var page = await browser.OpenAsync(server.Address, Screen.SmallPhone);
        await page.UntilTextAsync("#link", "live");

        page.Click("[data-line='11']");

        await page.UntilTextAsync("#line-rows", "EN=85");
        page.Is("document.getElementById('line').scrollWidth <= document.getElementById('line').clientWidth").ShouldBeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_wants_less_motion_gets_none(bool isStill)
    {
        await using var page = await OpenAsync("ok", Screen.Desktop with { IsStill = isStill });

        page.Is("[...document.querySelectorAll('*')].some(node => getComputedStyle(node).transitionDuration !== '0s')").ShouldBe(!isStill);
    }

    [Fact]
    public async Task The_page_s_structure_tells_what_is_what()
    {
        await using var page = await OpenAsync("degraded");

        page.Script<string>("return document.documentElement.lang").ShouldBe("en");
        page.Strings("return [...document.querySelectorAll('main section')].map(node => "
            + "document.getElementById(node.getAttribute('aria-labelledby')).firstChild.textContent.trim())")
            .ShouldBe(
            [
                "Verdict", "Way of an order", "Lines", "Brokers", "Gateways and workers", "Codes", "Unknown outcomes", "Latest warnings",
            ]);
        // Headings skip no level, names are given once, buttons and pictures have names, tables and lists are whole.
        page.Strings("""
            const problems = [];
            let level = 0;
            for (const node of document.querySelectorAll('h1, h2, h3, h4')) {
              const next = Number(node.tagName[1]);
              if (next > level + 1) problems.push('heading ' + node.textContent);
              level = next;
            }
            const ids = [...document.querySelectorAll('[id]')].map(node => node.id);
            problems.push(...ids.filter((id, index) => ids.indexOf(id) !== index));
            const named = node => node.textContent.trim() || node.getAttribute('aria-label');
            const pointsTo = node => node.getAttribute('aria-labelledby') ?? node.getAttribute('aria-describedby');
            const wrong = [
              ...[...document.querySelectorAll('button, [role=img], th, h2, h3')].filter(node => !named(node)),
              ...document.querySelectorAll('svg:not([role=img], [aria-hidden]), th:not([scope]), ul > :not(li), ol > :not(li)'),
              ...[...document.querySelectorAll('[aria-labelledby], [aria-describedby]')]
                .filter(node => !document.getElementById(pointsTo(node))),
            ];
            return [...problems, ...wrong.map(node => node.outerHTML)];
            """).ShouldBeEmpty();
        // No style or script stands in the page itself, so that the policy needs no exception.
        var html = await File.ReadAllTextAsync(RepositoryPaths.PathTo("src", "Ppv.Hosting", "Board", "Page", "board.html"));
        html.ShouldNotMatch(@"\s(style|on\w+)=|<style|<script(?! src)|https?:");
    }

    private const string Contrasts = """
        const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
        const paint = (colors) => {
          canvas.clearRect(0, 0, 1, 1);
          for (const color of colors) { canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); }
          return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
        };
        const linear = value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
        const luminance = rgb => rgb.map(value => linear(value / 255))
          .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
        const contrast = (a, b) => {
          const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
          return (x + 0.05) / (y + 0.05);
        };
        // What is behind: the colors of all elements around, and each color of a pattern on its own.
        const behind = node => {
          const layers = [];
          for (let at = node; at; at = at.parentElement) {
            const style = getComputedStyle(at);
            const pattern = style.backgroundImage.match(/(?:color|rgba?)\([^()]*\)/g) ?? [];
            layers.unshift([style.backgroundColor, ...pattern]);
          }
          const base = layers.map(layer => layer[0]);
          return [base, ...layers.flatMap((layer, index) => layer.slice(1).map(color => base.toSpliced(index + 1, 0, color)))];
        };
        const texts = [...document.querySelectorAll('body *')].filter(node => node.checkVisibility({ visibilityProperty: true })
          && !node.closest('.hidden, svg, noscript') && [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim()));
        const bad = new Set();
        for (const node of texts) {
          const style = getComputedStyle(node);
          const size = parseFloat(style.fontSize);
          const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? arguments[1] : arguments[0];
          for (const layers of behind(node)) {
            const value = contrast(paint([...layers, style.color]), paint(layers));
            const which = node.className || node.id || node.tagName;
            if (value < least) bad.add(value.toFixed(2) + ' ' + which + ': ' + node.textContent.trim().slice(0, 30));
          }
        }
        const isDark = luminance(paint([getComputedStyle(document.body).backgroundColor])) < 0.2;
        return [isDark ? 'dark' : 'light', texts.length, ...bad];
        """;

    private async Task<Tab> OpenAsync(string state, Screen? screen = null)
    {
        var server = await BoardServer.StartAsync(state switch
        {
            "ok" or "lost" =>
                States.Ok, "degraded" => States.Degraded, "gateway" => States.OfGateway, "nasty" => States.Nasty, _ => States.Down,
        });
        var page = await browser.OpenAsync(server.Address, screen, server);
        await page.UntilTextAsync("#link", "live");
        if (state == "lost")
        {
            await server.DisposeAsync();
            await page.UntilTextAsync("#word", "NO NEWS");
        }

        return page;
    }
}
