using Microsoft.Extensions.Logging;

namespace Ppv.Hosting.Tests;

/// <summary>The latest warnings, for the board.</summary>
public sealed class RecentWarningsTests : IDisposable
{
    private readonly TestClock _clock = new();
    private readonly RecentWarnings _warnings;

    public RecentWarningsTests() => _warnings = new RecentWarnings(_clock);

    public void Dispose() => _warnings.Dispose();

    [Fact]
    public void What_comes_often_does_not_push_out_what_comes_once()
    {
        var logger = _warnings.CreateLogger("Ppv.Hosting");
        Log(logger, LogLevel.Warning, 1, "once");
        for (var i = 0; i < 1000; i++) Log(logger, LogLevel.Warning, 2, $"often {i}");
        _warnings.Last.Select(warning => warning.Message).ShouldBe([.. Enumerable.Range(0, 10).Select(i => $"often {999 - i}"), "once"]);
    }

    [Fact]
    public void Warnings_and_worse_of_our_own_are_kept_as_the_log_has_them()
    {
        var logger = _warnings.CreateLogger("Ppv.Rpc.RpcServer");
        Log(logger, LogLevel.Information, 1, "told");
        Log(logger, LogLevel.Warning, 2, "warned");
        _clock.Advance(TimeSpan.FromSeconds(1));
        Log(logger, LogLevel.Error, 3, "failed");
        Log(logger, LogLevel.Critical, 4, "lost");
        Log(_warnings.CreateLogger("Microsoft.AspNetCore"), LogLevel.Error, 5, "of others");

        var now = _clock.GetUtcNow();
        _warnings.Last.ShouldBe([
            new BoardWarning(now, "critical", 4, "lost"), new BoardWarning(now, "error", 3, "failed"),
            new BoardWarning(now.AddSeconds(-1), "warning", 2, "warned")]);
    }

    [Fact]
    public void The_last_fifty_are_kept()
    {
        var logger = _warnings.CreateLogger("Ppv.Hosting");
        for (var id = 1; id <= 60; id++) Log(logger, LogLevel.Warning, id, "warned");
        _warnings.Last.Select(warning => warning.EventId).ShouldBe(Enumerable.Range(11, 50).Reverse());
    }

    [Fact]
    public void They_can_be_shown_and_are_bounded()
    {
        var logger = _warnings.CreateLogger("Ppv.Hosting");
        Log(logger, LogLevel.Warning, 1, "a\r\nb\u001b[2J\u202e");
        Log(logger, LogLevel.Warning, 2, new string('x', 100_000));
        _warnings.Last[1].Message.ShouldBe("a b?[2J?");
        _warnings.Last[0].Message.Length.ShouldBeLessThan(2_010);
    }

    private static void Log(ILogger logger, LogLevel level, int id, string text)
    {
        if (logger.IsEnabled(level)) logger.Log(level, new EventId(id), text, null, static (text, _) => text);
    }
}
