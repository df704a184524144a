using CsCheck;
using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

/// <summary>
/// Any sequence of records, intents, settlements, pruning, outages and restarts: the journal knows what a plain list of all that was told
/// knows, and what a confirm is allowed to do never depends on what came between.
/// </summary>
public sealed class JournalModelTests
{
    private static readonly TimeSpan Retention = TimeSpan.FromHours(1);
    private static readonly string[] Calls = ["a1", "b2"];

    private enum Step
    {
        Received,
        Completed,
        NotExecuted,
        Unknown,
        Intent,
        Result,
        Settle,
        Prune,
        Time,
        Restart,
        Crash,
        DiskFails,
        DiskWorks,
    }

    [Fact]
    public void A_journal_in_a_file_knows_what_the_model_knows() => Check(restarts: true, iterations: 150);

    [Fact]
    public void A_journal_in_memory_knows_what_the_model_knows() => Check(restarts: false, iterations: 500);

    private static void Check(bool restarts, int iterations)
    {
        var last = restarts ? Step.DiskWorks : Step.Time;
        var step = Gen.Select(Gen.Int[0, (int)last], Gen.Int[0, 7], Gen.Bool);
        step.List[1, 40].SampleAsync(async steps =>
        {
            using var folder = new TemporaryFolder();
            await using var run = new Run(folder, restarts);
            await run.StartAsync().WaitAsync(Entries.Bound);
            foreach (var (kind, order, flag) in steps) await run.StepAsync((Step)kind, order, flag).WaitAsync(Entries.Bound);
        }, iter: iterations, threads: 2).Wait(TimeSpan.FromMinutes(2)).ShouldBeTrue();
    }

    private sealed class Run : IAsyncDisposable
    {
        private readonly TestClock _clock = new(Entries.Noon);
        private readonly Dictionary<string, JournalEntry> _model = [];
        private readonly TemporaryFolder _folder;
        private readonly bool _inFile;
        private volatile bool _broken;
        private int _copies;
        private IOrderJournalStore _journal;

        public Run(TemporaryFolder folder, bool inFile)
        {
            (_folder, _inFile) = (folder, inFile);
            _journal = Open();
        }

        private string Path => _folder.File($"{_copies}.db");

        /// <summary>It prunes when it starts; that must not come after hours of the clock.</summary>
        public Task StartAsync() => FlushAsync();

        public ValueTask DisposeAsync()
        {
            _broken = false;
            return _journal.DisposeAsync();
        }

        public async Task StepAsync(Step step, int number, bool flag)
        {
            // Orders 0 to 3 are confirms of two calls, 4 to 7 are their EV and EN.
            _clock.Advance(TimeSpan.FromSeconds(1));
            var now = _clock.GetUtcNow();
            var command = number < 4 ? PpvCommand.Confirm : number < 6 ? PpvCommand.Event("1") : PpvCommand.Subscriber("2");
            var entry = Entries.Of($"o{number}", command, Calls[number % 2], $"s{number % 3}-{Calls[number % 2]}", 1
                + number % 3, now) with { UpdatedAt = now };
            switch (step)
            {
                case Step.Received: Record(entry); break;
                case Step.Completed: Record(entry.Said(flag ? "OK" : "ER1")); break;
                case Step.NotExecuted: Record(entry.Is(JournalState.NotExecuted, "No.")); break;
                case Step.Unknown: Record(entry.Is(JournalState.Unknown, "?")); break;
                case Step.Intent when entry.Order.Command == PpvCommand.Confirm: await BeginAsync(entry); break;
                case Step.Result:
                    var isOnDisk = await _journal.RecordResultAsync(entry.Said("OK"));
                    // What was told before may have been on its way to the disk when that failed.
                    if (Told(entry.Said("OK")) || !_broken) isOnDisk.ShouldBe(!_broken);
                    break;
                case Step.Settle: await SettleAsync(entry.Order.Id, flag, now); break;
                case Step.Prune when !_broken:
                    (await _journal.PruneAsync()).ShouldBeInRange(0, 8);
                    Forget(now);
                    break;
                case Step.Time: _clock.Advance(TimeSpan.FromMinutes(number * 5)); break;
                case Step.Restart when !_broken: await RestartAsync(crash: false); break;
                case Step.Crash when !_broken: await RestartAsync(crash: true); break;
                case Step.DiskFails: _broken = true; break;
                case Step.DiskWorks:
                    _broken = false;
                    await FlushAsync();
                    break;
            }

            await CompareAsync(now);
        }

        private void Record(JournalEntry entry)
        {
            _journal.Record(entry);
            Told(entry);
        }

        /// <returns>Whether it is news.</returns>
        private bool Told(JournalEntry entry)
        {
            var known = _model.GetValueOrDefault(entry.Order.Id);
            var moves = known is null || (known.State, entry.State) switch
            {
                (JournalState.Received or JournalState.NotExecuted, JournalState.Unknown or JournalState.Completed) => true,
                (JournalState.Received, JournalState.Received or JournalState.NotExecuted) => true,
                (JournalState.Intent, JournalState.Unknown or JournalState.Completed) => true,
                (JournalState.Unknown, JournalState.Completed) => true,
                _ => false, // Each step has its own time, so a refusal here is always that of a repeat.
            };
            if (moves) _model[entry.Order.Id] = entry;
            return moves;
        }

        private async Task BeginAsync(JournalEntry entry)
        {
            var allowed = _model.GetValueOrDefault(entry.Order.Id) is null or { State: JournalState.Received };
            var begun = _journal.RecordIntentAsync(entry);
            if (_broken)
            {
                var reason = (await Should.ThrowAsync<JournalUnavailableException>(begun)).Reason;
                Told(entry.Is(JournalState.NotExecuted, reason.Told) with { Detail = reason.Detail });
            }
            else if (allowed)
            {
                await begun;
                _model[entry.Order.Id] = entry.Is(JournalState.Intent);
            }
            else
            {
                await Should.ThrowAsync<InvalidOperationException>(begun);
            }
        }

        private async Task SettleAsync(string orderId, bool bought, DateTimeOffset now)
        {
            var verdict = bought ? JournalState.SettledBought : JournalState.SettledNotBought;
            var known = _model.GetValueOrDefault(orderId);
            var settling = _journal.SettleAsync(orderId, bought, "Seen.");
            if (_broken) await Should.ThrowAsync<JournalUnavailableException>(settling);
            else if (known?.State == verdict) await settling;
            else if (known is { State: JournalState.Unknown } && known.Order.Command == PpvCommand.Confirm)
                _model[orderId] = await settling;
            else await Should.ThrowAsync<InvalidOperationException>(settling);
        }

        /// <summary>Everything up to here has reached the file.</summary>
        private async Task FlushAsync()
        {
            (await _journal.PruneAsync()).ShouldBeInRange(0, 8);
            Forget(_clock.GetUtcNow());
        }

        private void Forget(DateTimeOffset now)
        {
            foreach (var entry in _model.Values.ToList())
            {
                var open = entry.Order.Command == PpvCommand.Confirm && entry.State is JournalState.Intent or JournalState.Unknown;
                if (!open && entry.UpdatedAt < now - Retention) _model.Remove(entry.Order.Id);
            }
        }

        /// <summary>
        /// A crash leaves behind what is in the files at that moment, after a clean end it is all; in either case no intent runs any more.
        /// </summary>
        private async Task RestartAsync(bool crash)
        {
            await FlushAsync();
            var left = Path;
            if (crash)
            {
                _copies++;
                foreach (var suffix in new[] { "", "-wal" }) File.Copy(left + suffix, Path + suffix);
            }

            await _journal.DisposeAsync();
            _journal = Open();
            await StartAsync();
            foreach (var entry in _model.Values.Where(entry => entry.State == JournalState.Intent).ToList())
                _model[entry.Order.Id] = entry.Is(JournalState.Unknown, "The worker ended before it knew what Wizard did.");
        }

        private async Task CompareAsync(DateTimeOffset now)
        {
            for (var i = 0; i < 8; i++) (await _journal.FindAsync($"o{i}")).ShouldBe(_model.GetValueOrDefault($"o{i}"), $"o{i}");

            var confirms = _model.Values.Where(entry => entry.Order.Command == PpvCommand.Confirm).ToList();
            var unknowns = confirms.Where(entry => entry.State == JournalState.Unknown).OrderBy(entry => entry.ReceivedAt);
            (await _journal.UnknownsAsync()).ShouldBe(unknowns);
            foreach (var call in Calls.Select(call => ConnectionId.Parse(call)))
            {
                var last = confirms.Where(
                    entry => entry.Order.ConnectionId == call && entry.State is not (JournalState.Received or JournalState.NotExecuted))
                    .OrderBy(entry => entry.ReceivedAt).LastOrDefault();
                (await _journal.FindConfirmAsync(call)).ShouldBe(last);
            }

            var since = now.AddMinutes(-10);
            var restored = (await _journal.RestoreAsync(since)).Leases.Select(lease => lease.LeaseId).Order();
            var recent = _model.Values.GroupBy(entry => entry.Order.ConnectionId).Where(call => call.Any(entry => entry.UpdatedAt >= since))
                .Select(call => call.MaxBy(entry => entry.ReceivedAt)!.LeaseId).Order();
            restored.ShouldBe(recent);
        }

        private void ThrowIfBroken()
        {
            if (_broken) throw new IOException("The disk is gone.");
        }

        private IOrderJournalStore Open()
        {
            var options = new JournalOptions { Path = Path, Retention = Retention };
            if (!_inFile) return new InMemoryOrderJournal(options, _clock);
            // Of 8 orders some are remembered and some are not.
            return new SqliteOrderJournal(
                options, _clock, null, new JournalHooks { BeforeGroup = _ => ThrowIfBroken(), Remembered = 3 });
        }
    }
}
