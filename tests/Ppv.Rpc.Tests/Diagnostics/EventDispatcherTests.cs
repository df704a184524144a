using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Ppv.Rpc.Diagnostics;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Diagnostics;

/// <summary>Handlers are told everything in order, and can harm nobody but themselves.</summary>
public class EventDispatcherTests
{
    private readonly RecordingLogger _log = new();
    private readonly EventDispatcher _events;
    private readonly ConcurrentQueue<int> _told = new();

    public EventDispatcherTests() => _events = new EventDispatcher("Happened", _log);

    private event EventHandler<int>? Happened;

    [Fact]
    public async Task Events_are_told_one_at_a_time_and_in_order()
    {
        var atOnce = 0;
        Happened += (_, number) =>
        {
            Interlocked.Increment(ref atOnce).ShouldBe(1);
            _told.Enqueue(number);
            Interlocked.Decrement(ref atOnce);
        };

        foreach (var number in Enumerable.Range(0, 500)) _events.Raise(Happened, this, number);

        await Bounds.UntilAsync(() => _told.Count == 500, "all events");
        _told.ShouldBe(Enumerable.Range(0, 500));
        _log.Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_handler_that_throws_is_logged_and_the_others_are_told()
    {
        Happened += (_, _) => throw new InvalidOperationException("its own fault");
        Happened += (_, number) => _told.Enqueue(number);

        _events.Raise(Happened, this, 1);
        _events.Raise(Happened, this, 2);

        await Bounds.UntilAsync(() => _told.Count == 2, "both events");
        _log.Entries.Count(entry => entry.Level == LogLevel.Error && entry.Message.Contains("Happened")).ShouldBe(2);
    }

    [Fact]
    public async Task When_too_many_wait_for_a_handler_that_blocks_the_oldest_are_dropped_and_that_is_said_once()
    {
        using var goOn = new ManualResetEventSlim();
        Happened += (_, number) =>
        {
            _told.Enqueue(number);
            goOn.Wait(Hang.Limit).ShouldBeTrue();
        };
        _events.Raise(Happened, this, 0);
        await Bounds.UntilAsync(() => _told.Count == 1, "the handler to block");

        foreach (var number in Enumerable.Range(1, EventDispatcher.Limit + 2)) _events.Raise(Happened, this, number);
        goOn.Set();

        await Bounds.UntilAsync(() => _told.Count == EventDispatcher.Limit + 1, "the rest");
        _told.ShouldBe([0, .. Enumerable.Range(3, EventDispatcher.Limit)]);
        _log.Entries.ShouldHaveSingleItem().Message.ShouldContain("Happened");
    }
}
