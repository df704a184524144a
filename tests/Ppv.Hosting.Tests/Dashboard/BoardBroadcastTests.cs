using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Ppv.Protocol.Text;

namespace Ppv.Hosting.Tests;

/// <summary>Who watches is told the state at once and when it changes; who does not costs nothing.</summary>
public sealed class BoardBroadcastTests : IDisposable
{
    private static readonly TimeSpan Bound = Hang.Limit;
    private readonly SignallingClock _clock = new();
    private readonly LogCollector _log = new();
    private readonly SemaphoreSlim _built = new(0);
    private readonly BoardBroadcast _board;
    private string _name = "before";
    private int _builds;

    public BoardBroadcastTests() => _board = new BoardBroadcast(BuildAsync, _clock, PlainLogger.To(_log.CreateLogger("Ppv.Hosting.Board")));

    public void Dispose()
    {
        _board.End();
        _built.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task The_state_comes_at_once_and_again_when_it_has_changed()
    {
        var reader = _board.TryJoin()!;
        (await NextAsync(reader)).ShouldStartWith("event: state\ndata: {\"program\":{\"name\":\"before\"");
        await BuiltAsync();
        _name = "after";
        await TickAsync();
        (await NextAsync(reader)).ShouldContain("\"name\":\"after\"");
    }

    [Fact]
    public async Task What_has_not_changed_is_told_every_five_seconds_only_and_has_a_ping_every_fifteen()
    {
        var (reader, begun) = (await JoinFirstAsync(), _clock.GetUtcNow());
        List<string> told = [];
        for (var tick = 1; tick <= 31; tick++)
        {
            await TickAsync(); // What the tick before has told is there by now.
            if (reader.Frames.TryRead(out var frame)) told.Add(Describe(Encoding.UTF8.GetString(frame.Span), begun));
        }

        told.ShouldBe(["5 event: state", "10 event: state", "15 : ping"]);
    }

    [Fact]
    public async Task Nothing_is_made_while_nobody_watches()
    {
        _clock.Advance(TimeSpan.FromMinutes(1));
        _builds.ShouldBe(0);
        var reader = await JoinFirstAsync();
        _board.Leave(reader);
        await TickAsync(); // Which finds that nobody is left.
        using (var bound = new CancellationTokenSource(Bound))
        {
            while (_board.IsRunning)
            {
                bound.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }

        _clock.Advance(TimeSpan.FromMinutes(1));
        _builds.ShouldBe(2);

        (await NextAsync(_board.TryJoin()!)).ShouldStartWith("event: state");
        _builds.ShouldBe(3);
    }

    [Fact]
    public async Task It_is_made_once_for_all_who_watch_or_ask_meanwhile()
    {
        var readers = Enumerable.Range(0, 50).Select(_ => _board.TryJoin()!).ToList();
        foreach (var reader in readers) await NextAsync(reader);
        (await NextAsync(_board.TryJoin()!)).ShouldStartWith("event: state");
        Encoding.UTF8.GetString(await _board.StateAsync()).ShouldContain("before");
        _builds.ShouldBe(1);
    }

    [Fact]
    public async Task Who_asks_while_nobody_watches_gets_what_is_the_case_now()
    {
        Encoding.UTF8.GetString(await _board.StateAsync()).ShouldContain("before");
        _name = "after";
        Encoding.UTF8.GetString(await _board.StateAsync()).ShouldContain("after");
    }

    [Fact]
    public async Task Who_does_not_read_finds_the_latest_state_only()
    {
        var quick = await JoinFirstAsync();
        var slow = _board.TryJoin()!;
        foreach (var name in new[] { "one", "two", "three" })
        {
            _name = name;
            await TickAsync();
            (await NextAsync(quick)).ShouldContain($"\"{name}\"");
        }

        _board.Readers.ShouldBe(2); // Which waits until all were told.
        (await NextAsync(slow)).ShouldContain("\"three\"");
        slow.Frames.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public void No_more_than_a_hundred_may_watch_until_one_leaves()
    {
        var readers = Enumerable.Range(0, BoardBroadcast.MaxReaders).Select(_ => _board.TryJoin()!).ToList();
        _board.TryJoin().ShouldBeNull();
        _board.Leave(readers[0]);
        _board.TryJoin().ShouldNotBeNull();
    }

    [Fact]
    public async Task At_the_end_all_are_told_goodbye_and_whoever_comes_later_too()
    {
        var reader = _board.TryJoin()!;
        await NextAsync(reader);
        _board.End();
        foreach (var told in new[] { reader, _board.TryJoin()! })
        {
            (await NextAsync(told)).ShouldBe("event: bye\ndata: {}\n\n");
            await told.Frames.Completion.WaitAsync(Bound);
        }
    }

    [Fact]
    public async Task A_state_that_cant_be_made_sends_all_away_and_is_logged_and_the_next_one_may_come()
    {
        _name = "";
        var reader = _board.TryJoin()!;
        await reader.Frames.Completion.WaitAsync(Bound);
        _log.Entries.ShouldContain(entry => entry.Level == LogLevel.Error && entry.Exception is InvalidDataException);
        _name = "again";
        await UntilJoinedAsync("again");
    }

    /// <summary>What sends away and what allows the next start come a moment apart.</summary>
    private async Task UntilJoinedAsync(string name)
    {
        using var bound = new CancellationTokenSource(Bound);
        while (true)
        {
            var reader = _board.TryJoin()!;
            try
            {
                if ((await NextAsync(reader)).Contains(name, StringComparison.Ordinal)) return;
            }
            catch (System.Threading.Channels.ChannelClosedException)
            {
                bound.Token.ThrowIfCancellationRequested();
            }
        }
    }

    private Task<BoardState> BuildAsync()
    {
        Interlocked.Increment(ref _builds);
        _built.Release();
        return _name.Length == 0 ? Task.FromException<BoardState>(new InvalidDataException("No name.")) : Task.FromResult(new BoardState(
            new BoardProgram(_name, "", "", default), _clock.GetUtcNow(), new BoardVerdict(BoardLevel.Ok, default, []), [], [], [],
            [new BoardMember("1", "worker", "", 1, "", default, [], null, IsAlive: true, _clock.GetUtcNow(), IsSelf: true, "")], [],
            new BoardUnknowns(null, []), []));
    }

    /// <summary>The first who watches: the state was made for it, and it has it.</summary>
    private async Task<BoardReader> JoinFirstAsync()
    {
        var reader = _board.TryJoin()!;
        await NextAsync(reader);
        await BuiltAsync();
        return reader;
    }

    /// <summary>Moves the clock by a tick, and waits until the state is made for it.</summary>
    private async Task TickAsync()
    {
        _clock.Advance(BoardBroadcast.Tick);
        await BuiltAsync();
    }

    private async Task BuiltAsync() => (await _built.WaitAsync(Bound)).ShouldBeTrue();

    private static string Describe(string frame, DateTimeOffset begun)
    {
        var at = frame.Split("\"at\":\"")[1].Split('"')[0];
        return $"{(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture) - begun).TotalSeconds} {frame.Split('\n')[0]}";
    }

    private static async Task<string> NextAsync(BoardReader reader)
    {
        using var bound = new CancellationTokenSource(Bound);
        return Encoding.UTF8.GetString((await reader.Frames.ReadAsync(bound.Token)).Span);
    }
}
