using Ppv.Protocol;
using static Ppv.Protocol.PpvCommandKind;

namespace Ppv.Hosting.Tests;

/// <summary>
/// Callers, Wizard and a journal around a lease table. It keeps books of its own on the lines and checks every decision against them.
/// </summary>
internal sealed class LeaseModel(int seed)
{
    public static readonly string[] Events =
    [
        "purchase", "late", "reclaim", "restart", "waited", "answered again", "unknown again", "resting", "came late", "asked again",
        "of another purchase", "granted with a subject",
    ];

    private const int Lines = 3;
    private static readonly string?[] Subjects = [null, "a", "b"];
    private static readonly WorkerOptions Options = new() { LastLine = Lines };
    private readonly Random _random = new(seed);
    private readonly ModelWizard _wizard = new();
    private readonly Dictionary<string, ModelCaller> _callers = Enumerable.Range(1, 6).Select(n => $"{n}").ToDictionary(
        id => id, id => new ModelCaller(id));
    private readonly List<ModelOrder> _orders = [];
    private readonly Dictionary<LineNumber, (string Lease, DateTimeOffset? IdleSince)> _held = [];
    private readonly Dictionary<LineNumber, DateTimeOffset> _rests = [];
    private readonly HashSet<string> _confirmed = []; // Leases whose UP was written.
    private readonly List<Lease> _journal = [];
    private readonly Dictionary<string, DateTimeOffset> _began = [];
    private LeaseTable _table = new(Options);
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch;
    private readonly HashSet<string> _started = [];
    private DateTimeOffset _restarted = DateTimeOffset.MinValue;
    private int _durable;

    public Dictionary<string, int> Seen { get; } = Events.ToDictionary(name => name, _ => 0);

    public void Step()
    {
        switch (_random.Next(100))
        {
            case < 45: Arrive(Pick([.. _callers.Values])); break;
            case < 82: End(); break;
            case < 85: GiveUp(); break;
            case < 87: ComeLate(Pick([.. _callers.Values])); break;
            case < 90: AskAgain(Pick([.. _callers.Values])); break;
            case < 98: Pass(); break;
            default: Restart(); break;
        }

        Look();
        Seen["purchase"] = _wizard.Purchases;
        Seen["late"] = _wizard.LateExecutions;
    }

    private void Arrive(ModelCaller caller)
    {
        // Mostly as the voice platform does it, at times anything.
        var command = _random.Next(6) == 0 ? (PpvCommandKind)_random.Next(3) : caller.Next;
        caller.Next = (PpvCommandKind)(((int)command + 1) % 3);
        if (command == Event && _random.Next(3) == 0) caller.Subject = Pick(Subjects);
        var order = TestOrders.Of(caller.Id, command, _random.Next(12) == 0 ? Pick(Subjects) : caller.Subject);
        var request = _table.Enter(order, _now);
        if (command != Confirm) caller.Ask(new ModelWish(order, request.Number));
        _orders.Add(new ModelOrder(
            caller, order, request, [(Event, caller.WishOf(Event)), (Subscriber, caller.WishOf(Subscriber))], caller.Asked));
    }

    /// <summary>An EV or EN comes when its caller waits no more.</summary>
    private void ComeLate(ModelCaller caller)
    {
        Seen["came late"]++;
        var order = TestOrders.Of(caller.Id, _random.Next(2) == 0 ? Event : Subscriber, caller.Subject);
        _table.EnterLate(order, _now).Verdict.ShouldBe(LineVerdict.TooLate);
        caller.Ask(new ModelWish(order, -1));
    }

    /// <summary>An EV or EN is asked for again under its id, and answered from the record.</summary>
    private void AskAgain(ModelCaller caller)
    {
        if (caller.Answered.Count == 0) return;
        Seen["asked again"]++;
        var wish = _random.Next(2) == 0 ? caller.Answered[^1] : Pick(caller.Answered);
        _table.Told(wish.Order, caller.AskAgain(wish), _now);
    }

    private void End()
    {
        if (_orders.Where(order => order.IsRunning).ToList() is not { Count: > 0 } running) return;
        var order = Pick(running);
        var (line, id) = (order.Lease!.Line, order.Lease.Id);
        _orders.Remove(order);
        var (end, answer) = _random.Next(20) switch
        {
            < 14 => (CommandEnd.Answered, "OK"),
            < 16 => (CommandEnd.Answered, "ER1"),
            < 17 => (CommandEnd.NotSent, null),
            _ => (CommandEnd.MaybeSent, (string?)null),
        };
        if (order.Command == Confirm && end != CommandEnd.NotSent)
            _confirmed.Add(id).ShouldBeTrue($"Lease {id} of call {order.Caller.Id} was sent a second UP.");
        // What Wizard keeps of a value that it refuses is not known.
        if (answer == "OK" || (answer == "ER1" && order.Command != Confirm && _random.Next(2) == 0)) _wizard.Execute(order.ToItem(_now));
        if (end == CommandEnd.MaybeSent)
        {
            _rests[line] = _now + Options.LineRest;
            Seen["resting"]++;
            _wizard.ExecuteLater(order.ToItem(_rests[line]));
        }

        var isOver = end == CommandEnd.MaybeSent || (order.Command == Confirm && end == CommandEnd.Answered);
        if (isOver) _held.Remove(line);
        else _held[line] = (id, _now);
        if (order.Command == Confirm && end != CommandEnd.NotSent) order.Caller.LastConfirm = (id, answer, order.Order.Subject,
            order.Asked);
        order.Caller.NoteAnswer(order, answer, id);
        _journal.Add(_table.Complete(order.Request, end, answer, _now));
        if (end == CommandEnd.MaybeSent) _durable = _journal.Count; // Otherwise a crash would end the line's rest.
    }

    private void GiveUp()
    {
        if (_orders.Where(order => !order.Request.IsDecided).ToList() is { Count: > 0 } waiting) _table.Leave(Pick(waiting).Request, _now);
    }

    private void Pass()
    {
        var next = _now + TimeSpan.FromSeconds(_random.Next(4) == 0 ? _random.Next(1, 200) : _random.Next(1, 25));
        _durable = _journal.Count;
        while (_table.NextChange(_now) is { } change && change <= next) MoveTo(change);
        MoveTo(next);
    }

    private void MoveTo(DateTimeOffset time)
    {
        _wizard.PassUntil(time, _random);
        _now = time;
        _table.Advance(_now);
        Look();
    }

    /// <summary>
    /// The worker dies: what it wrote in this moment may be lost, unless a confirm's intent or a command without an answer made it durable.
    /// </summary>
    private void Restart()
    {
        Seen["restart"]++;
        foreach (var order in _orders.Where(order => order.IsRunning))
        {
            var (line, id) = (order.Lease!.Line, order.Lease.Id);
            if (order.Command == Confirm)
            {
                _confirmed.Add(id).ShouldBeTrue($"Lease {id} of call {order.Caller.Id} was sent a second UP.");
                _rests[line] = _now + Options.LineRest;
                _wizard.ExecuteLater(order.ToItem(_rests[line]));
            }
            else if (_random.Next(2) == 0)
            {
                _wizard.Execute(order.ToItem(_now));
            }
        }

        _orders.Clear();
        _held.Clear();
        foreach (var caller in _callers.Values) caller.StartOver();
        if (_random.Next(2) == 0) _journal.RemoveRange(_durable, _journal.Count - _durable);
        _table = new LeaseTable(Options);
        _durable = _journal.Count;
        _restarted = _now;
        var last = _journal.Select((lease, at) => (Lease: lease, At: at)).GroupBy(step => step.Lease.Id).Select(steps => steps.Last());
        var leases = last.OrderBy(step => step.At).Select(step => step.Lease).ToList();
        var lastOnLines = leases.GroupBy(lease => lease.Line).Select(line => line.Last()).ToList();
        // Of these the end is not known any more, even if there was one.
        foreach (var confirming in lastOnLines.Where(lease => lease.State == LeaseState.Confirming))
            _rests[confirming.Line] = _now + Options.LineRest;
        _table.RestoreRests(lastOnLines, _now);
        _table.Restore(leases, _now);
    }

    /// <summary>Takes note of what the table decided, and checks it.</summary>
    private void Look()
    {
        var reclaimed = false;
        var lastStarted = 0L;
        foreach (var order in _orders.Where(order => order.Request.IsDecided && !order.IsRunning).ToList())
        {
            var decision = order.Request.Decision.Result;
            if (decision.Verdict != LineVerdict.Granted)
            {
                _orders.Remove(order);
                CheckAnswer(order, decision);
                continue;
            }

            order.Lease = decision.Lease!;
            _journal.Add(order.Lease);
            if (order.Command == Confirm) CheckGrant(order);
            if (order.Command == Confirm) _durable = _journal.Count;
            if (Hold(order.Lease, ref reclaimed)) lastStarted = Math.Max(lastStarted, order.Request.Number);
        }

        var waiting = _callers.Values.Select(caller => _orders.FirstOrDefault(order => order.Caller == caller))
            .OfType<ModelOrder>().Where(order => !order.IsRunning).ToList();
        if (waiting.Count > 0) Seen["waited"]++;
        waiting.Any(order => order.Request.Number < lastStarted).ShouldBeFalse("A later call got a line before an earlier one.");
        if (waiting.Count > 0) FreeLines(Options.LeaseReclaim).ShouldBeEmpty("A call waits while a line is free.");
        if (reclaimed) FreeLines(Options.LeaseIdle).ShouldBeEmpty("A lease was reclaimed while a line is free.");
    }

    /// <returns>Whether a new lease took the line.</returns>
    private bool Hold(Lease lease, ref bool reclaimed)
    {
        _rests.GetValueOrDefault(lease.Line).ShouldBeLessThanOrEqualTo(_now, $"Line {lease.Line} rests and was given out.");
        var isHeld = _held.TryGetValue(lease.Line, out var holder);
        if (isHeld && holder.Lease != lease.Id)
        {
            var idle = holder.IdleSince is { } since ? _now - since : TimeSpan.Zero;
            if (_now - _began[holder.Lease] < Options.LeaseLifetime)
                idle.ShouldBeGreaterThanOrEqualTo(Options.LeaseReclaim, $"Line {lease.Line} was taken from a call that uses it.");
            reclaimed |= idle < Options.LeaseIdle;
            if (idle < Options.LeaseIdle) Seen["reclaim"]++;
        }

        if (isHeld && holder.Lease == lease.Id) holder.IdleSince.ShouldNotBeNull($"Two commands run on line {lease.Line}.");
        _held[lease.Line] = (lease.Id, null);
        _began.TryAdd(lease.Id, _now);
        return _started.Add(lease.Id);
    }

    /// <summary>
    /// The lines that nobody holds, or only a call that was idle for so long. Just after a restart, a line of which nothing is known may be
    /// a restored lease's.
    /// </summary>
    private IEnumerable<int> FreeLines(TimeSpan idle) => Enumerable.Range(1, Lines).Where(number =>
    {
        var line = new LineNumber(number);
        if (_rests.GetValueOrDefault(line) > _now) return false;
        return (_held.TryGetValue(line, out var holder) ? holder.IdleSince : _restarted) + idle <= _now;
    });

    /// <summary>
    /// A confirm buys only where the last EV and the last EN that its call asked for, under whatever id, were answered OK in this lease,
    /// told, and of its own purchase.
    /// </summary>
    private void CheckGrant(ModelOrder order)
    {
        if (order.Order.Subject is not null) Seen["granted with a subject"]++;
        foreach (var (kind, wish) in order.Wishes)
        {
            if (wish is null) continue; // Before a restart.
            var what = $"The confirm of call {order.Caller.Id} was granted, and the {kind} that the call asked for last";
            wish.OkLease.ShouldBe(order.Lease!.Id, $"{what} was not answered OK in its lease.");
            wish.Order.Subject.ShouldBe(order.Order.Subject, $"{what} is another purchase's.");
        }
    }

    private void CheckAnswer(ModelOrder order, LineDecision decision)
    {
        var what = $"The confirm of call {order.Caller.Id} was answered {decision.Verdict}";
        switch (decision.Verdict)
        {
            case LineVerdict.ConfirmAnswered or LineVerdict.ConfirmUnknown:
                Seen[decision.Verdict == LineVerdict.ConfirmAnswered ? "answered again" : "unknown again"]++;
                if (order.Caller.LastConfirm is not { } last) return; // Before a restart.
                (decision.Lease!.Id, decision.Lease.Answer, order.Order.Subject, order.Asked).ShouldBe(last, what);
                break;
            case LineVerdict.ConfirmRefused:
                if (decision.IsOfAnother) Seen["of another purchase"]++;
                if (order.Wishes.Any(
                    wish => wish.Wish is null || wish.Wish.OkLease is null || wish.Wish.Order.Subject != order.Order.Subject)
                    || order.Wishes[0].Wish!.OkLease != order.Wishes[1].Wish!.OkLease
                    || order.Wishes.Any(wish => order.Caller.WasReplaced(wish.Wish!))) return;
                _held.Values.Any(holder => holder.Lease == order.Wishes[0].Wish!.OkLease && holder.IdleSince + Options.LeaseIdle > _now)
                    .ShouldBeFalse($"{what} although its line has its EV and EN.");
                break;
        }
    }

    private T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];
}
