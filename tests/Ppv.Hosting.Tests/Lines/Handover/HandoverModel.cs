using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Ppv.Protocol;
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
    private readonly Random _random;
    private readonly TestClock _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly IOptions<PpvServerOptions> _options = Options.Create(
        new PpvServerOptions { Server = { FirstLine = 1, LastLine = 3 } });
    private readonly ModelBilling _wizard = new();
    private readonly ModelProcess[] _processes;
    private readonly List<(int Call, PpvOrder Order, Task<RpcReply> Reply)> _running = [];
    private readonly List<PpvOrder> _unsettled = [];
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

    public Task StartAsync() => AcquireAsync(0);

    public async Task StepAsync()
    {
        switch (_random.Next(24))
        {
            case < 14: await OrderAsync(_random.Next(Calls)); break;
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
        await PlaceAsync(call, order, Active, possibleDuplicate: false);
    }

    private async Task PlaceAsync(int call, PpvOrder order, ModelProcess process, bool possibleDuplicate)
    {
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        _running.Add((call, order, process.HandleAsync(order, possibleDuplicate)));
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
        _note = new LeaderRecord
        {
            Identity = await self.Handover.IdentityAsync(default),
            State = LeaderRecordState.Left,
            Since = self.Since,
            Remembered = self.Handover.Export().ToArray(),
        };
        await AcquireAsync(_random.Next(4) == 0 ? _active : 1 - _active);
        await RedeliverAsync();
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
        await PlaceAsync(Calls, PpvOrder.Event(ConnectionId.Parse("f"), $"frozen-{++_numbers}"), frozen, possibleDuplicate: false);
        await PlaceAsync(Calls, PpvOrder.Confirm(ConnectionId.Parse($"{_random.Next(Calls) + 1:x}")), frozen, possibleDuplicate: false);
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
                await process.Handover.ContinueAsync(process.Since, default);
                break;
            case TakeoverAction.Import:
                process.Since = _clock.GetUtcNow();
                await process.Handover.ImportAsync(_note!.Remembered, default);
                break;
            default:
                process.Since = _clock.GetUtcNow();
                await process.Handover.StartOverAsync(default);
                break;
        }

        _note = _random.Next(10) == 0
            ? null
            : new LeaderRecord { Identity = self, State = LeaderRecordState.Active, Since = process.Since };
        _clock.Advance(TimeSpan.FromSeconds(1));
        process.Enter();
    }

    /// <summary>The broker gives the new one what the old one had not settled.</summary>
    private async Task RedeliverAsync()
    {
        await SettleAsync();
        var lost = _running.Where(order => order.Call < Calls).ToList();
        _running.RemoveAll(order => order.Call < Calls);
        foreach (var (call, order, _) in lost) await PlaceAsync(call, order, Active, possibleDuplicate: true);
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
                if (order.Command.Kind == PpvCommandKind.Confirm && answer.Outcome == RpcOutcome.Completed)
                    _wizard.Purchases.Any(purchase => purchase.Event.StartsWith($"{call}-", StringComparison.Ordinal)).ShouldBeTrue(
                        $"call {call} was told OK and owns nothing");
            }
            catch (OperationCanceledException)
            {
                See("given back");
                _unsettled.Add(order);
            }
        }
    }

    private void See(string what) => Seen[what] = Seen.GetValueOrDefault(what) + 1;
}
