using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

/// <summary>
/// Wizard as the worker's model knows it: it remembers EV and EN per line, books at UP, and may answer late, or not at all. An EV or EN
/// that it does not answer it may execute later, within a minute.
/// </summary>
internal sealed class ModelBilling
{
    private enum Failure
    {
        None,
        NotSent,
        Unanswered,
        Held,
    }

    private readonly Lock _lock = new();
    private readonly Dictionary<LineNumber, (string? Event, string? Subscriber)> _lines = [];
    private readonly List<(object Owner, WizardRequest Request, bool IsDone, TaskCompletionSource<WizardReply> Answer)> _held = [];
    private readonly List<(DateTimeOffset Due, WizardRequest Request)> _late = [];
    private readonly List<Purchase> _purchases = [];
    private readonly HashSet<object> _connected = [];
    private Failure _next;
    private bool _nextIsLate;
    private DateTimeOffset _now;

    /// <summary>Is told of each purchase at once.</summary>
    public Action<Purchase>? Booked { get; set; }

    /// <summary>Is told what happens.</summary>
    public Action<string>? Happened { get; set; }

    public sealed record Purchase(string Event, string Subscriber);

    public IReadOnlyList<Purchase> Purchases
    {
        get { lock (_lock) return [.. _purchases]; }
    }

    /// <summary>How many commands wait for their answer.</summary>
    public int Held
    {
        get { lock (_lock) return _held.Count; }
    }

    public IWizardClient Connect()
    {
        var connection = new Connection(this);
        lock (_lock) _connected.Add(connection);
        return connection;
    }

    public void NextFails(Random random)
    {
        lock (_lock) (_next, _nextIsLate) = ((Failure)random.Next(1, 4), random.Next(2) == 0);
    }

    /// <summary>It is so late now: what was to be executed by then is.</summary>
    public void PassUntil(DateTimeOffset now)
    {
        lock (_lock)
        {
            _now = now;
            foreach (var (due, request) in _late.Where(late => late.Due <= now).OrderBy(late => late.Due).ToList())
            {
                Execute(request);
                _late.Remove((due, request));
            }
        }
    }

    /// <summary>One of those who wait gets its answer, or learns that there is none.</summary>
    public void AnswerOne(Random random)
    {
        lock (_lock)
        {
            if (_held.Count == 0) return;
            var (_, request, isDone, answer) = _held[random.Next(_held.Count)];
            _held.RemoveAll(held => held.Answer == answer);
            if (random.Next(3) == 0)
            {
                if (!isDone) ExecuteLater(request, random);
                answer.SetException(Unanswered);
            }
            else
            {
                if (!isDone) Execute(request);
                answer.SetResult(new WizardReply(request.Line, "OK"));
            }
        }
    }

    public void AnswerAll()
    {
        lock (_lock)
        {
            foreach (var (_, request, isDone, answer) in _held)
            {
                if (!isDone) Execute(request);
                answer.SetResult(new WizardReply(request.Line, "OK"));
            }

            _held.Clear();
        }
    }

    /// <summary>The worker's process is gone: nothing more comes from it.</summary>
    /// <param name="random">Chance.</param>
    /// <param name="isRecorded">Whether the worker had on record what it has sent; else it is executed now, or never.</param>
    public void Disconnect(Random random, bool isRecorded)
    {
        if (!isRecorded) PassUntil(_now.AddMinutes(1));
        lock (_lock)
        {
            _connected.Clear();
            foreach (var held in _held.Where(held => !held.IsDone))
            {
                if (isRecorded) ExecuteLater(held.Request, random);
            }

            _held.Clear();
            if (random.Next(2) == 0) _next = Failure.None;
        }
    }

    /// <summary>One worker's process of several is gone.</summary>
    public void Disconnect(IWizardClient connection)
    {
        lock (_lock)
        {
            _connected.Remove(connection);
            _held.RemoveAll(held => held.Owner == connection);
        }
    }

    private static WizardException Unanswered => new(WizardFailure.MaybeSent, "Wizard did not answer.");

    private Task<WizardReply> Send(object owner, WizardRequest request)
    {
        lock (_lock)
        {
            if (!_connected.Contains(owner)) return new TaskCompletionSource<WizardReply>().Task;
            if (request.Fence.LostReason is { } reason)
                return Task.FromException<WizardReply>(new WizardException(WizardFailure.NotSent, reason));
            var failure = _next;
            _next = Failure.None;
            if (failure == Failure.NotSent)
                return Task.FromException<WizardReply>(new WizardException(WizardFailure.NotSent, "Wizard was not reached."));
            // A late UP would be compared with what its call has asked for since.
            var isLate = failure != Failure.None && _nextIsLate && request.Command.Kind != PpvCommandKind.Confirm;
            if (!isLate) Execute(request);
            else if (failure == Failure.Unanswered) ExecuteLater(request, new Random(_late.Count + request.Line.Value));
            if (failure == Failure.Unanswered) return Task.FromException<WizardReply>(Unanswered);
            if (failure != Failure.Held) return Task.FromResult(new WizardReply(request.Line, "OK"));
            var answer = new TaskCompletionSource<WizardReply>(TaskCreationOptions.RunContinuationsAsynchronously);
            _held.Add((owner, request, !isLate, answer));
            return answer.Task;
        }
    }

    // Before the line may be given to anybody.
    private void ExecuteLater(WizardRequest request, Random random)
    {
        _late.Add((_now.AddSeconds(random.Next(1, 60)), request));
        Happened?.Invoke($"  Wizard will execute {request.Command.Value} on {request.Line} at {_late[^1].Due:mm:ss}");
    }

    private void Execute(WizardRequest request)
    {
        Happened?.Invoke($"  Wizard executes {request.Command.Value} on {request.Line}");
        var (eventNumber, subscriber) = _lines.GetValueOrDefault(request.Line);
        switch (request.Command.Kind)
        {
            case PpvCommandKind.Event: _lines[request.Line] = (request.Command.Value, subscriber); break;
            case PpvCommandKind.Subscriber: _lines[request.Line] = (eventNumber, request.Command.Value); break;
            default:
                _purchases.Add(new Purchase(eventNumber ?? "nothing", subscriber ?? "nobody"));
                Booked?.Invoke(_purchases[^1]);
                break;
        }
    }

    private sealed class Connection(ModelBilling billing) : IWizardClient
    {
        public Task<WizardReply> SendAsync(WizardRequest request, CancellationToken cancellationToken = default) =>
            billing.Send(this, request);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
