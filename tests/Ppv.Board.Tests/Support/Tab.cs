using System.Globalization;
using OpenQA.Selenium;
using OpenQA.Selenium.Chrome;
using OpenQA.Selenium.Interactions;

namespace Ppv.Board.Tests.Support;

/// <summary>The board, open in a tab of its own. What is wrong with a page is collected from its first moment on.</summary>
internal sealed class Tab : IAsyncDisposable
{
    private static readonly TimeSpan Limit = Hang.Limit;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private const string CollectViolations = """
        window.violations = [];
        document.addEventListener('securitypolicyviolation',
          event => window.violations.push(event.violatedDirective + ': ' + event.blockedURI + ' ' + event.sample));
        """;

    private readonly ChromeDriver _driver;
    private readonly string _before;
    private readonly BoardServer? _server;

    private Tab(ChromeDriver driver, BoardServer? server, WindowType type)
    {
        (_driver, _server) = (driver, server);
        _before = driver.CurrentWindowHandle;
        driver.SwitchTo().NewWindow(type);
        Handle = driver.CurrentWindowHandle;
    }

    /// <summary>The window that shows it.</summary>
    public string Handle { get; }

    /// <summary>What the browser complained of since this was asked last: violations of the policy, errors of scripts.</summary>
    public IReadOnlyList<string> Problems =>
    [
        .. Script<IReadOnlyCollection<object>>("return window.violations.splice(0)").Cast<string>(),
        .. _driver.Manage().Logs.GetLog(LogType.Browser).Where(entry => entry.Level == LogLevel.Severe).Select(entry => entry.Message),
    ];

    /// <param name="driver">The browser.</param>
    /// <param name="address">What to open.</param>
    /// <param name="screen">What it is looked at with.</param>
    /// <param name="server">If given, it is ended with the tab.</param>
    /// <param name="type">A window that others beside it do not hide, or a tab.</param>
    public static Tab Open(ChromeDriver driver, Uri address, Screen screen, BoardServer? server, WindowType type = WindowType.Tab)
    {
        var tab = new Tab(driver, server, type);
        driver.Manage().Logs.GetLog(LogType.Browser); // Those of the tab before.
        tab.Command("Page.addScriptToEvaluateOnNewDocument", new() { ["source"] = CollectViolations });
        tab.Use(screen);
        driver.Navigate().GoToUrl(address);
        return tab;
    }

    public void Use(Screen screen)
    {
        Command("Emulation.setDeviceMetricsOverride", new()
        {
            ["width"] = screen.Width, ["height"] = screen.Height, ["deviceScaleFactor"] = 1, ["mobile"] = screen.Width < 600,
        });
        Command("Emulation.setEmulatedMedia", new()
        {
            ["features"] = new[]
            {
                Feature("prefers-color-scheme", screen.IsDark ? "dark" : "light"),
                Feature("prefers-reduced-motion", screen.IsStill ? "reduce" : "no-preference"),
            },
        });
    }

    /// <summary>The text of the first element that a selector finds, as it is seen.</summary>
    public string Text(string selector) => Script<string?>("return document.querySelector(arguments[0])?.innerText", selector)
        ?? throw new InvalidOperationException($"There is no {selector} on the page.");

    /// <summary>The texts of all elements that a selector finds.</summary>
    public IReadOnlyList<string> Texts(string selector) => Strings(
        "return [...document.querySelectorAll(arguments[0])].filter(node => node.checkVisibility()).map(node => node.innerText.trim())",
        selector);

    public IReadOnlyList<string> Strings(string script, params object?[] arguments) =>
        [.. Script<IReadOnlyCollection<object>>(script, arguments).Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)!)];

    public T Script<T>(string script, params object?[] arguments) => (T)_driver.ExecuteScript(script, arguments)!;

    public bool Is(string condition) => Script<bool>($"return Boolean({condition})");

    /// <summary>Waits until an expression of JavaScript is true on the page.</summary>
    public async Task UntilAsync(string condition)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!Is(condition))
        {
            if (TimeProvider.System.GetElapsedTime(since) > Limit)
                throw new TimeoutException($"{condition} did not become true. {Text("body")}\n{string.Join('\n', Problems)}");
            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    /// <summary>Waits until an element has a text in it.</summary>
    public Task UntilTextAsync(string selector, string text) => UntilAsync(
        $"document.querySelector({Quoted(selector)})?.innerText.includes({Quoted(text)})");

    public void Click(string selector) => _driver.FindElement(By.CssSelector(selector)).Click();

    /// <summary>Presses keys, one after the other, wherever the focus is.</summary>
    public void Press(params string[] keys)
    {
        foreach (var key in keys) new Actions(_driver).SendKeys(key).Perform();
    }

    /// <summary>What has the focus: its id, or its classes and line.</summary>
    public string Focused => Script<string>(
        "const node = document.activeElement; return node.id || node.className + (node.dataset.line ? ' ' + node.dataset.line : '')");

    /// <summary>Puts another tab in front of this one, as who looks at something else does.</summary>
    public void LookAway() => _driver.SwitchTo().Window(_before);

    public void LookBack() => _driver.SwitchTo().Window(Handle);

    /// <summary>The page as PNG, what fits on the screen or all of it.</summary>
    public byte[] Screenshot() =>
        Convert.FromBase64String((string)Command("Page.captureScreenshot", new() { ["format"] = "png" })["data"]);

    public async ValueTask DisposeAsync()
    {
        _driver.SwitchTo().Window(Handle);
        _driver.Close();
        _driver.SwitchTo().Window(_before);
        if (_server is not null) await _server.DisposeAsync();
    }

    private static string Quoted(string text) => System.Text.Json.JsonSerializer.Serialize(text);

    private static Dictionary<string, object> Feature(string name, string value) => new() { ["name"] = name, ["value"] = value };

    private Dictionary<string, object> Command(string command, Dictionary<string, object?> parameters) =>
        (Dictionary<string, object>)_driver.ExecuteCdpCommand(command, parameters)!;
}
