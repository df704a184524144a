using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Ppv.Protocol;
using static Ppv.Protocol.PpvCommandKind;

namespace Ppv.Hosting.Tests;

/// <summary>Many callers on many threads while time runs: no line is ever used by two, and in the end none is lost.</summary>
public sealed class LineLeasesStressTests
{
    private const int Lines = 5;
    private const int Callers = 40;
    private const int CallsEach = 50;
    private readonly TestClock _clock = new();
    private readonly ConcurrentDictionary<LineNumber, string> _inUse = [];
    private int _granted;
    private int _waitsEnded;

    [Fact]
    public async Task No_line_is_used_by_two_and_none_leaks()
    {
        using var lines = new LineLeases(Options.Create(new PpvServerOptions { Server = { LastLine = Lines } }), _clock);
        using var over = new CancellationTokenSource(Hang.Limit);
        var callers = Task.WhenAll(Enumerable.Range(0, Callers).Select(number => Task.Run(() => CallAsync(lines, number), over.Token)));
        while (!callers.IsCompleted)
        {
            over.Token.ThrowIfCancellationRequested();
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await callers;
        _clock.Advance(TimeSpan.FromMinutes(5));
        lines.Counts.ShouldBe(new LeaseCounts(0, 0, 0, 0));
        _granted.ShouldBeGreaterThan(0);
        _waitsEnded.ShouldBeGreaterThan(0);
    }

    private async Task CallAsync(LineLeases lines, int number)
    {
        var random = new Random(number);
        for (var call = 0; call < CallsEach; call++)
        {
            var id = $"{number:x4}{call:x4}";
            await Task.WhenAll(RunAsync(lines, id, Event, random), RunAsync(lines, id, Subscriber, random));
            await RunAsync(lines, id, Confirm, random);
        }
    }

    private async Task RunAsync(LineLeases lines, string call, PpvCommandKind command, Random random)
    {
        var (seconds, fate, isCancelled) = Draw(random);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(isCancelled ? 2 : 1_000_000), _clock);
        try
        {
            using var turn = await lines.AcquireAsync(
                TestOrders.Of(call, command), _clock.GetUtcNow() + TimeSpan.FromSeconds(seconds), stop.Token);
            if (turn.Decision.Verdict == LineVerdict.TooLate) Interlocked.Increment(ref _waitsEnded);
            if (turn.Decision is not { Verdict: LineVerdict.Granted, Line: { } line }) return;
            Interlocked.Increment(ref _granted);
            _inUse.TryAdd(line, call).ShouldBeTrue($"Line {line} is used by two commands.");
            await Task.Yield();
            _inUse.TryRemove(line, out _);
            if (fate < 90) turn.Answered("OK");
            else if (fate < 99) turn.NotSent();
        }
        catch (OperationCanceledException) when (isCancelled)
        {
            Interlocked.Increment(ref _waitsEnded);
        }
    }

    private static (int Seconds, int Fate, bool IsCancelled) Draw(Random random)
    {
        lock (random) return (random.Next(1, 120), random.Next(100), random.Next(10) == 0);
    }
}
