using Microsoft.Extensions.Logging;
using Ppv.TestKit;

namespace Ppv.Broker.Tests.TestKit;

public sealed partial class CollectingLoggerProviderTests
{
    private static readonly TimeSpan Bound = Hang.Limit;

    [Fact]
    public async Task A_message_that_comes_later_ends_the_wait()
    {
        using var logs = new CollectingLoggerProvider();
        var logger = logs.CreateLogger("Some.Category");

        var waiting = logs.WaitForAsync(entry => entry.EventId.Id == 7 && entry.Level == LogLevel.Warning, Bound);
        Unrelated(logger);
        waiting.IsCompleted.ShouldBeFalse();
        Lost(logger, "kfs-gax");

        var found = await waiting;
        found.ShouldBe(
            new LogEntry(LogLevel.Warning, "Some.Category", new EventId(7, nameof(Lost)), "The connection to kfs-gax is lost.", null));
        logs.Snapshot().Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_message_that_is_there_counts()
    {
        using var logs = new CollectingLoggerProvider();
        Lost(logs.CreateLogger("c"), "bs-gax");
        (await logs.WaitForAsync(entry => entry.Message.Contains("bs-gax"), Bound)).Category.ShouldBe("c");
    }

    [Fact]
    public async Task A_wait_in_vain_says_what_was_logged_instead()
    {
        using var logs = new CollectingLoggerProvider();
        Unrelated(logs.CreateLogger("c"));
        var problem = await Should.ThrowAsync<TimeoutException>(() => logs.WaitForAsync(_ => false, TimeSpan.FromMilliseconds(50)));
        problem.Message.ShouldContain("Something else.");
    }

    [LoggerMessage(7, LogLevel.Warning, "The connection to {Host} is lost.")]
    private static partial void Lost(ILogger logger, string host);

    [LoggerMessage(8, LogLevel.Information, "Something else.")]
    private static partial void Unrelated(ILogger logger);
}
