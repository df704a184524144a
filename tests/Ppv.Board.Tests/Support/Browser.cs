using OpenQA.Selenium;
using OpenQA.Selenium.Chrome;
using Ppv.Deployment.Tests.Support;

[assembly: AssemblyFixture(typeof(Ppv.Board.Tests.Support.Browser))]
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace Ppv.Board.Tests.Support;

/// <summary>
/// Debian's Chromium without a window, started with the first test that needs it. It reaches 127.0.0.1 and nothing else. Tests take it in
/// turn.
/// </summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly TimeSpan CommandBound = TimeSpan.FromSeconds(60);

    private ChromeDriver? _driver;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        _driver?.Quit();
        _driver?.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Opens an address as somebody sees it.</summary>
    internal async Task<Tab> OpenAsync(
        Uri address, Screen? screen = null, BoardServer? server = null, WindowType type = WindowType.Tab)
    {
        _driver ??= Start(await Tools.PathOrSkipAsync("chromium"), await Tools.PathOrSkipAsync("chromedriver"));
        return Tab.Open(_driver, address, screen ?? Screen.Desktop, server, type);
    }

    private static ChromeDriver Start(string chromium, string driver)
    {
        var options = new ChromeOptions { BinaryLocation = chromium, PageLoadStrategy = PageLoadStrategy.Normal };
        options.AddArguments(
            "--headless=new", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1");
        // Chromium's sandbox refuses to run as root, as tests in containers do; the only pages are ours.
        if (Environment.UserName == "root") options.AddArgument("--no-sandbox");
        options.SetLoggingPreference(LogType.Browser, LogLevel.All);
        var service = ChromeDriverService.CreateDefaultService(Path.GetDirectoryName(driver), Path.GetFileName(driver));
        service.SuppressInitialDiagnosticInformation = true;
        return new ChromeDriver(service, options, CommandBound);
    }
}
