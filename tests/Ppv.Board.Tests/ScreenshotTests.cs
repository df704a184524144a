using Ppv.Hosting;
using Ppv.Hosting.Board;
using Ppv.Hosting.Board.State;
using Ppv.Hosting.Preflight;

namespace Ppv.Board.Tests;

/// <summary>
/// The board's pictures: <c>eng/screenshots.sh</c> has them written into <c>docs/images</c>, where the README shows them; else they go to a
/// temporary folder, so that what makes them stays in order.
/// </summary>
public sealed class ScreenshotTests(Browser browser)
{
    private const string FolderVariable = "PPV_BOARD_SCREENSHOTS";
    private const int LargestFile = 300_000;

    public static TheoryData<string> Names => [.. from verdict in new[] { "ok", "degraded", "down" }
        from screen in new[] { "desktop", "phone" } select $"{verdict}-{screen}"];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_board_can_be_photographed(string name)
    {
        var state = name.Split('-')[0] switch { "ok" => States.Ok, "degraded" => States.Degraded, _ => States.Down };
        var screen = name.EndsWith("phone", StringComparison.Ordinal) ? Screen.Phone : Screen.Desktop;
        await using var server = await BoardServer.StartAsync(state);
        await using var page = await browser.OpenAsync(server.Address, screen with { IsDark = state.Verdict.Level == BoardLevel.Down });
        await page.UntilTextAsync("#word", state.Verdict.Level.ToString().ToUpperInvariant());

        var picture = page.Screenshot();

        picture.Length.ShouldBeInRange(10_000, LargestFile);
        var folder = Environment.GetEnvironmentVariable(FolderVariable);
        if (folder is not null) await File.WriteAllBytesAsync(Path.Combine(folder, $"board-{name}.png"), picture);
    }
}
