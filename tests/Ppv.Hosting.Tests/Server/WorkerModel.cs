using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Compliance.Redaction;
using Microsoft.Extensions.Options;
using Ppv.Protocol;
using Ppv.Protocol.Text;
using Ppv.Rpc;

namespace Ppv.Hosting.Tests;

/// <summary>
/// The whole worker behind the queue (order handler, leases, leases, SQLite journal) beside a Wizard that remembers per line. A crash
/// leaves what is on disk at that moment, and nothing else.
/// </summary>
internal sealed class WorkerModel(int seed, string folder) : IAsyncDisposable
{
    private const int Calls = 5;
    private static readonly TimeSpan Limit = Hang.Limit;
    private readonly Random _random = new(seed);
    private readonly TestClock _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly PpvServerOptions _options = new()
    {
        Server = { FirstLine = 1, LastLine = 3, LeaseIdle = seed % 2 == 0 ? new WorkerOptions().LeaseIdle : TimeSpan.FromSeconds(40) },
    };
    private readonly ModelBilling _wizard = new();
    private readonly List<PpvOrder>[] _asked = [.. Enumerable.Range(0, Calls).Select(_ => new List<PpvOrder>())];
    private readonly ModelNaming _naming = new();
    private readonly List<(int Call, PpvOrder Order, Task<RpcReply> Reply)> _running = [];
    private SqliteOrderJournal _journal = null!;
    private StallingDisk _disk = new();
    private LineLeases _leases = null!;
    private RequestHandler _handler = null!;
    private int _numbers, _incarnation;

    public Dictionary<string, int> Seen { get; } = [];

    /// <summary>What happened, for whoever looks into a history that failed.</summary>
    public ConcurrentQueue<string> Story { get; } = new();

    public IReadOnlyList<ModelBilling.Purchase> Purchases => _wizard.Purchases;

    public async Task StartAsync()
    {
        _wizard.Booked = _naming.Booked;
        _wizard.Happened = Tell;
        var disk = _disk = new StallingDisk();
        _journal = new SqliteOrderJournal(
            new JournalOptions { Path = PathOf(_incarnation) }, _clock, null, new JournalHooks { BeforeGroup = _ => disk.Write() });
        var options = Options.Create(_options);
        _leases = new LineLeases(options, _clock);
        var execution = new OrderExecution(_wizard.Connect(), _leases, _journal, options, _clock, PlainLogger<OrderExecution>.None);
        _handler = new RequestHandler(
            execution, new RunningOrders(), _leases, _journal, options, NullRedactorProvider.Instance, _clock,
            PlainLogger<RequestHandler>.None);
        await new LeaseRestore(
            _journal, _leases, options, _clock, PlainLogger<LeaseRestore>.None).RestoreAsync(null, CancellationToken.None);
    }

    public async Task StepAsync()
    {
        switch (_random.Next(22))
        {
            case < 12: await OrderAsync(_random.Next(Calls)); break;
            case < 13: Note("repeated"); await RepeatAsync(_random.Next(Calls)); break;
            case < 14: Note("asked for again"); await AskAgainAsync(_random.Next(Calls)); break;
            case < 16: Note("answered late"); _wizard.AnswerOne(_random); break;
            case < 18: Note("time passed"); Pass(_random.Next(1, 40)); break;
            case < 19: await CrashAsync(); break;
            case < 20: _wizard.NextFails(_random); Note("failure to come"); break;
            case < 21: Note("disk stalled"); _disk.Stall(); break;
            default: _disk.Release(); break;
        }

        await CheckRepliesAsync();
    }

    /// <summary>Lets everything that runs come to its end.</summary>
    public async Task EndAsync()
    {
        var since = TimeProvider.System.GetTimestamp();
        while (_running.Count > 0)
        {
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Limit, "an order never ended");
            _disk.Release();
            _wizard.AnswerAll();
            Pass(1);
            await CheckRepliesAsync();
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _disk.Release();
        await _journal.DisposeAsync();
        _leases.Dispose();
    }

    private void Pass(int seconds)
    {
        for (; seconds > 0; seconds--)
        {
            _wizard.PassUntil(_clock.GetUtcNow());
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        _wizard.PassUntil(_clock.GetUtcNow());
    }

    private async Task OrderAsync(int call)
    {
        if (_running.Any(order => order.Call == call)) return;
        var id = IdOf(call);
        var order = _random.Next(3) switch
        {
            0 => PpvOrder.Event(id, $"{call}-{++_numbers}"),
            1 => PpvOrder.Subscriber(id, $"{call}-{++_numbers}"),
            _ => PpvOrder.Confirm(id),
        };
        order = order with { Subject = _naming.Subject(call, order.Command.Kind, _random) };
        _asked[call].Add(order);
        var isLate = _random.Next(12) == 0;
        if (isLate) Note("came late");
        await PlaceAsync(call, order, possibleDuplicate: false, isLate);
    }

    /// <summary>Two callers each have a call of the same digits.</summary>
    private static ConnectionId IdOf(int call) =>
        ConnectionId.Parse($"{(call / 2) + 1:x}") is var id && call % 2 == 0 ? id : id.OwnedBy("b");

    private async Task RepeatAsync(int call)
    {
        if (_asked[call].Count == 0) return;
        var order = _asked[call][^1];
        if (_running.Any(running => running.Call == call && running.Order != order)) return;
        await PlaceAsync(call, order, possibleDuplicate: true);
    }

    /// <summary>Any order of the call is asked for again under its id, with whatever came since.</summary>
    private async Task AskAgainAsync(int call)
    {
        if (_asked[call].Count == 0 || _running.Any(order => order.Call == call)) return;
        var order = _asked[call][_random.Next(_asked[call].Count)];
        await PlaceAsync(call, order, possibleDuplicate: true);
    }

    private async Task PlaceAsync(int call, PpvOrder order, bool possibleDuplicate, bool isLate = false)
    {
        Note(order.Command.Kind.ToString());
        Tell($"{Shown(call, order)}{(possibleDuplicate ? ", again" : "")}{(isLate ? ", late" : "")}");
        _naming.Asked(call, order);
        _clock.Advance(TimeSpan.FromMilliseconds(1)); // No two messages come at the very same moment.
        var reply = _handler.HandleAsync(
            new RpcRequestContext
            {
                Id = order.Id,
                Body = OrderJson.ToBytes(order),
                Deadline = _clock.GetUtcNow().AddSeconds(isLate ? -1 : 30),
                Subject = order.Subject,
                Owner = order.ConnectionId!.Owner,
                History = possibleDuplicate ? IdHistory.Repeat : IdHistory.New,
            },
            CancellationToken.None);
        var isBehindAnother = _running.Any(other => other.Call == call);
        _running.Add((call, order, reply));
        if (isBehindAnother) return;

        // Until it is answered, or somebody waits for Wizard, a line or the disk: then something else may happen.
        var since = TimeProvider.System.GetTimestamp();
        while (!reply.IsCompleted && _wizard.Held == 0 && _leases.Counts.Waiting == 0 && !_disk.IsHolding)
        {
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Limit, "an order neither ended nor waited");
            await Task.Yield();
        }
    }

    private async Task CheckRepliesAsync()
    {
        foreach (var (call, order, reply) in _running.Where(order => order.Reply.IsCompleted).ToList())
        {
            _running.Remove((call, order, reply));
            var answer = await reply;
            Note($"{order.Command.Kind} {answer.Outcome}");
            Tell($"{Shown(call, order)} was told {answer.Outcome}, {Encoding.UTF8.GetString(answer.Body.Span)} {answer.Reason}");
            if (_running.All(other => other.Order.Id != order.Id)) await CheckStatusAsync(order, answer);
            if (answer.Outcome == RpcOutcome.Completed) _naming.Told(call, order);
        }

        _naming.Check();
    }

    /// <summary>
    /// Whoever asks is told what the order's caller was told; of what was unknown, perhaps more by now. Where the model's leaps of time
    /// have ended a look into the journal, he is told to ask again, and does.
    /// </summary>
    private async Task CheckStatusAsync(PpvOrder order, RpcReply told)
    {
        var state = PpvOrderState.Unavailable;
        var since = TimeProvider.System.GetTimestamp();
        while (state == PpvOrderState.Unavailable)
        {
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Limit, "nobody could tell what became of an order");
            await Task.Yield();
            state = await AskAsync(order.Id);
        }

        if (told.Outcome == RpcOutcome.Unknown) state.ShouldNotBe(PpvOrderState.NeverSeen);
        else state.ToString().ShouldBe(told.Outcome.ToString(), $"{order} was told {told.Outcome}: {told.Reason}");
    }

    private async Task<PpvOrderState> AskAsync(string orderId)
    {
        var inquiry = new RpcRequestContext
        {
            Id = "inquiry",
            Type = "ppv.status",
            Body = Encoding.ASCII.GetBytes(orderId),
            Deadline = _clock.GetUtcNow().AddSeconds(30),
        };
        using var json = JsonDocument.Parse((await _handler.HandleAsync(inquiry, CancellationToken.None)).Body);
        return Enum.Parse<PpvOrderState>(json.RootElement.GetProperty("state").GetString()!);
    }

    /// <summary>The process is gone: what Wizard was sent stays sent, what was only in memory is lost.</summary>
    private async Task CrashAsync()
    {
        Note("crash");
        Tell("crash");
        _wizard.Disconnect(_random, isRecorded: !_disk.IsBehind);
        var (before, after) = (PathOf(_incarnation), PathOf(++_incarnation));
        Directory.CreateDirectory(Path.GetDirectoryName(after)!);
        foreach (var end in (string[])["", "-wal"])
        {
            if (File.Exists(before + end)) File.Copy(before + end, after + end);
        }

        if (_disk.IsBehind) _naming.LoseTrack();
        _disk.Release();
        var cutOff = _running.ToList();
        _running.Clear();
        _leases.Dispose();
        await _journal.DisposeAsync(); // What it still writes goes into the old file.
        await StartAsync();
        // The broker delivers again what was not acknowledged, before anything else; some of it expires before.
        foreach (var (call, order, _) in cutOff)
        {
            var isExpired = _random.Next(3) == 0;
            if (isExpired) _naming.LoseTrack(call, order);
            else Note("delivered again");
            if (!isExpired) await PlaceAsync(call, order, possibleDuplicate: true);
        }
    }

    private string PathOf(int incarnation) => Path.Combine(folder, $"{incarnation}", "orders.db");

    private void Note(string what) => Seen[what] = Seen.GetValueOrDefault(what) + 1;

    private static string Shown(int call, PpvOrder order) =>
        $"call {call}, {order.Command.Key}={order.Command.Value}, {order.Subject ?? "no subject"}, {order.Id[^4..]}";

    private void Tell(string what) => Story.Enqueue($"{_clock.GetUtcNow():mm:ss.fff} {what}");
}
