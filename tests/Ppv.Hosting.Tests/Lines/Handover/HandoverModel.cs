using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Ppv.Protocol;
using Ppv.Rpc.Clocks;
using Ppv.Rpc;
using Ppv.Rpc.Server.Leadership;

namespace Ppv.Hosting.Tests;

/// <summary>
/// Two workers that take turns on one queue, beside a Wizard that remembers per line: they hand over, die, are restarted, are frozen and
/// thawed. What a worker does when it gets its place is decided as in the product, from the note that lies there.
/// </summary>
internal sealed class HandoverModel : IAsyncDisposable
{
    private const int Calls = 5;

    /// <summary>How long an id may be in use that does not say when it was made.</summary>
    private static readonly TimeSpan UndatedIdLife = TimeSpan.FromMinutes(1);

    private readonly Random _random;
    private readonly TestClock _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly IOptions<PpvServerOptions> _options = Options.Create(
        new PpvServerOptions { Server = { FirstLine = 1, LastLine = 3 }, Rpc = { UndatedIdLife = UndatedIdLife } });
    private readonly ModelBilling _wizard = new();
    private readonly ModelNaming _naming = new();
    private readonly List<AskedOrder>[] _asked = [.. Enumerable.Range(0, Calls).Select(_ => new List<AskedOrder>())];
    private readonly ModelProcess[] _processes;
    private readonly List<(int Call, PpvOrder Order, Task<RpcReply> Reply)> _running = [];
    private readonly List<PpvOrder> _unsettled = [];
    private readonly HashSet<string> _repeats = [];
    private LeaderRecord? _note;
    private int _active;
    private int _numbers;

    public HandoverModel(int seed)
    {
        _random = new Random(seed);
        _processes = [new ModelProcess(_wizard, _options, _clock), new ModelProcess(_wizard, _options, _clock)];
    }

    public Dictionary<string, int> Seen { get; } = [];

    public IReadOnlyList<ModelBilling.Purchase> Purchases => _wizard.Purchases;

    private ModelProcess Active => _processes[_active];

    public Task StartAsync()
    {
        _wizard.Booked = _naming.Booked;
        return AcquireAsync(0);
    }

    public async Task StepAsync()
    {
        switch (_random.Next(24))
        {
            case < 12: await OrderAsync(_random.Next(Calls)); break;
            case < 14: await AskAgainAsync(_random.Next(Calls)); break;
            case < 16: _wizard.AnswerOne(_random); break;
            case < 18: _clock.Advance(TimeSpan.FromSeconds(_random.Next(1, 25))); break;
            case < 19: _wizard.NextFails(_random); break;
            case < 21: await HandOverAsync(); break;
            case < 22: await CrashAsync(sameAgain: _random.Next(2) == 0); break;
            default: await FreezeAsync(); break;
        }

        await SettleAsync();
    }

    public async Task EndAsync()
    {
        for (var i = 0; i < 200 && _running.Count > 0; i++)
        {
            _wizard.AnswerAll();
            _clock.Advance(TimeSpan.FromSeconds(1));
            await SettleAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes) await process.DisposeAsync();
    }

    private async Task OrderAsync(int call)
    {
        if (_running.Any(order => order.Call == call)) return;
        var id = ConnectionId.Parse($"{call + 1:x}");
        var order = _random.Next(3) switch
        {
            0 => PpvOrder.Event(id, $"{call}-{++_numbers}"),
            1 => PpvOrder.Subscriber(id, $"{call}-{++_numbers}"),
            _ => PpvOrder.Confirm(id),
        };
        order = order with { Subject = _naming.Subject(call, order.Command.Kind, _random) };
        var asked = new AskedOrder(order, _clock.GetUtcNow(), IsDated: _random.Next(2) == 0);
        _asked[call].Add(asked);
        var history = _random.Next(2) == 0 ? IdHistory.New
            : IdHistory.PossibleSince(asked.IsDated ? asked.At : _clock.GetUtcNow() - UndatedIdLife);
        await PlaceAsync(call, order, Active, history);
    }

    /// <summary>Any order of the call is asked for again under its id, of whichever worker leads by now.</summary>
    private async Task AskAgainAsync(int call)
    {
        if (_asked[call].Count == 0 || _running.Any(order => order.Call == call)) return;
        See("asked for again");
        var (order, at, isDated) = _asked[call][^_random.Next(1, Math.Min(5, _asked[call].Count) + 1)];
        // Its caller says when it was made, or that it is in use for a minute at most, or nothing; and may not know that it is a repeat.
        var earliest = _clock.GetUtcNow() - UndatedIdLife;
        var history = isDated ? _random.Next(2) == 0 ? IdHistory.RepeatSince(at) : IdHistory.PossibleSince(at)
            : at < earliest ? IdHistory.Repeat
            : IdHistory.PossibleSince(earliest);
        _repeats.Add(order.Id);
        await PlaceAsync(call, order, Active, history);
    }

    private async Task PlaceAsync(int call, PpvOrder order, ModelProcess process, IdHistory history)
    {
        if (call < Calls) _naming.Asked(call, order);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        _running.Add((call, order, process.HandleAsync(order, history)));
        for (var i = 0; i < 50; i++) await Task.Yield();
    }

    /// <summary>Planned: the one that leaves finishes what it has begun, then the other one takes its word for it.</summary>
    private async Task HandOverAsync()
    {
        See("handed over");
        _wizard.AnswerAll();
        await SettleAsync();
        var self = Active;
        self.Lose();
        _note = Note(await self.Handover.IdentityAsync(default), LeaderRecordState.Left, self) with
        {
            Remembered = await ExportAsync(self),
        };
        await AcquireAsync(_random.Next(4) == 0 ? _active : 1 - _active);
        await RedeliverAsync();
    }

    /// <summary>A disk may hang, and then there is nothing on record in it.</summary>
    private async Task<byte[]> ExportAsync(ModelProcess process)
    {
        var handover = (await process.Handover.ExportAsync(default)).ToArray();
        if (_random.Next(6) > 0) return handover;
        See("handed over without a record");
        return HandoverJson.ToBytes(LeaseSnapshotJson.ToBytes(HandoverJson.Read(handover).Leases), null);
    }

    private async Task CrashAsync(bool sameAgain)
    {
        See("crash");
        var died = _active;
        await ReplaceAsync(died);
        await AcquireAsync(sameAgain ? died : 1 - died);
        await RedeliverAsync();
    }

    /// <summary>
    /// The one that has the place stands still until the other one has it, and then goes on with whatever it had in hand; by then its
    /// connection has told it nothing yet, but its clock has.
    /// </summary>
    private async Task FreezeAsync()
    {
        See("frozen");
        var frozen = Active;
        frozen.Lose();
        _clock.Advance(TimeSpan.FromSeconds(6));
        await AcquireAsync(1 - _active);
        await PlaceAsync(Calls, PpvOrder.Event(ConnectionId.Parse("f"), $"frozen-{++_numbers}"), frozen, IdHistory.New);
        await PlaceAsync(Calls, PpvOrder.Confirm(ConnectionId.Parse($"{_random.Next(Calls) + 1:x}")), frozen, IdHistory.New);
        _wizard.AnswerOne(_random);
        await RedeliverAsync();
    }

    /// <summary>What the product does in Takeover, in one step.</summary>
    private async Task AcquireAsync(int index)
    {
        var process = _processes[_active = index];
        var self = await process.Handover.IdentityAsync(default);
        var verdict = TakeoverDecision.Decide(_note, self, ledJustNow: false);
        See(verdict.ToString());
        switch (verdict)
        {
            case TakeoverAction.Continue:
                process.Since ??= _note!.Since;
                process.Covered ??= _clock.GetUtcNow() - _note!.CoveredFor - _note.AgeAtLeast(ClockReading.Now(_clock), _clock);
                await process.Handover.ContinueAsync(process.Since, default);
                break;
            case TakeoverAction.Import:
                process.Since = process.Covered = _clock.GetUtcNow();
                if (await process.Handover.ImportAsync(_note!.Remembered, default) is { } whole && _note.CoveredFor is { } covered)
                    process.Covered -= whole < covered ? whole : covered;
                break;
            default:
                process.Since = process.Covered = _clock.GetUtcNow();
                await process.Handover.StartOverAsync(default);
                break;
        }

        _note = _random.Next(10) == 0
            ? null
            : Note(self, LeaderRecordState.Active, process);
        _clock.Advance(TimeSpan.FromSeconds(1));
        process.Enter();
    }

    private LeaderRecord Note(string identity, LeaderRecordState state, ModelProcess process) => new()
    {
        Identity = identity,
        State = state,
        Since = process.Since,
        CoveredFor = _clock.GetUtcNow() - process.Covered,
        WrittenAt = _clock.GetUtcNow(),
        Uptime = ClockReading.Now(_clock).Uptime(_clock),
    };

    /// <summary>The broker gives the new one what the old one had not settled.</summary>
    private async Task RedeliverAsync()
    {
        await SettleAsync();
        var lost = _running.Where(order => order.Call < Calls).ToList();
        _running.RemoveAll(order => order.Call < Calls);
        foreach (var (call, order, _) in lost) await PlaceAsync(
            call, order, Active, _random.Next(2) == 0 ? IdHistory.Repeat : IdHistory.RepeatSince(_clock.GetUtcNow() - UndatedIdLife));
    }

    private async Task ReplaceAsync(int index)
    {
        _wizard.Disconnect(_processes[index].Wizard);
        _processes[index] = _processes[index].Restarted();
        await Task.Yield();
    }

    private async Task SettleAsync()
    {
        for (var i = 0; i < 20; i++) await Task.Yield();
        foreach (var (call, order, reply) in _running.Where(order => order.Reply.IsCompleted).ToList())
        {
            _running.Remove((call, order, reply));
            try
            {
                var answer = await reply;
                See($"{order.Command.Kind} {answer.Outcome}");
                if (_repeats.Contains(order.Id)) See($"repeated {order.Command.Kind} {answer.Outcome}");
                if (call < Calls && answer.Outcome == RpcOutcome.Completed) _naming.Told(call, order);
            }
            catch (OperationCanceledException)
            {
                See("given back");
                _unsettled.Add(order);
            }
        }
    }

    /// <summary>No purchase was another than the one that its call asked for last, and was told OK for.</summary>
    public void Check() => _naming.Check();

    private sealed record AskedOrder(PpvOrder Order, DateTimeOffset At, bool IsDated);

    private void See(string what) => Seen[what] = Seen.GetValueOrDefault(what) + 1;
}
