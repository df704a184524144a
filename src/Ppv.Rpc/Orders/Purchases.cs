using Ppv.Protocol;

namespace Ppv.Rpc.Orders;

/// <summary>
/// Runs purchases: EV, EN and CONFIRM on one deadline, under order ids that are made of the purchase's key. Who asks for one that runs
/// already waits for the same result. Safe for use by several threads.
/// </summary>
internal sealed class Purchases(PpvClient client, TimeProvider timeProvider)
{
    /// <summary>
    /// Of how many confirms it is remembered that they were sent, so that the next one under the key is known as a repeat.
    /// </summary>
    private const int RememberedConfirms = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Run> _running = new(StringComparer.Ordinal);
    private readonly HashSet<string> _confirmed = new(StringComparer.Ordinal);
    private readonly Queue<string> _confirmedInOrder = new();

    public static string ConfirmIdOf(string key) => $"{key}.UP";

    public async Task<PpvPurchaseResult> PurchaseAsync(Purchase purchase, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Run? run;
        lock (_lock)
        {
            if (!_running.TryGetValue(purchase.Key, out run))
            {
                _running.Add(purchase.Key, run = new Run(purchase) { IsRepeat = _confirmed.Contains(purchase.Key) });
                run.Completion = Task.Run(() => RunAsync(run, deadline), CancellationToken.None);
                _ = run.Completion.ContinueWith(static ended => ended.Exception, TaskScheduler.Default); // Observed: all may have left.
            }
            else if (!run.Purchase.IsSame(purchase))
            {
                const string reason = "Another purchase runs under this key; every purchase needs a key of its own.";
                return new PpvPurchaseResult(purchase.Key, RpcOutcome.NotExecuted, PpvPurchaseStep.Event, null, reason);
            }

            run.Waiting++;
            run.IsRepeat |= purchase.IsRepeat;
        }

        try
        {
            return await run.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock) run.Waiting--;
        }
    }

    private async Task<PpvPurchaseResult> RunAsync(Run run, DateTimeOffset deadline)
    {
        try
        {
            return await StepsAsync(run, deadline).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock) Remove(run);
        }
    }

    private async Task<PpvPurchaseResult> StepsAsync(Run run, DateTimeOffset deadline)
    {
        var purchase = run.Purchase;
        foreach (var step in (PpvPurchaseStep[])[PpvPurchaseStep.Event, PpvPurchaseStep.Subscriber])
        {
            if (IsAbandoned(run)) return await EndAsync(run, step, Cancelled, deadline).ConfigureAwait(false);
            var result = await client.SendAsync(
                purchase.OrderOf(step), deadline, IsRepeat(run), CancellationToken.None).ConfigureAwait(false);
            if (result is not { Outcome: RpcOutcome.Completed, Code: ResultCodes.Ok })
                return await EndAsync(run, step, result, deadline).ConfigureAwait(false);
        }

        if (IsAbandoned(run)) return await EndAsync(run, PpvPurchaseStep.Confirm, Cancelled, deadline).ConfigureAwait(false);
        RememberConfirm(purchase.Key);
        var confirm = purchase.OrderOf(PpvPurchaseStep.Confirm);
        var bought = await client.SendAsync(confirm, deadline, IsRepeat(run), CancellationToken.None).ConfigureAwait(false);
        if (bought is { Outcome: RpcOutcome.NotExecuted, Code: null })
            return await EndAsync(run, PpvPurchaseStep.Confirm, bought, deadline).ConfigureAwait(false);
        return Confirmed(purchase.Key, bought.Outcome, bought.Code, bought.Reason);
    }

    /// <summary>
    /// The result when no worker has a confirm of this time. Of the first time that proves that nothing was bought; of a repeat only the
    /// worker's record of the confirm can.
    /// </summary>
    private async Task<PpvPurchaseResult> EndAsync(Run run, PpvPurchaseStep step, PpvResult ended, DateTimeOffset deadline)
    {
        var purchase = run.Purchase;
        var isRefused = ended.Outcome == RpcOutcome.Completed;
        var reason = isRefused ? $"Wizard refused {NameOf(step)}: {ended.Code}." : ended.Reason;
        if (EndsFirstTime(run))
            return new PpvPurchaseResult(purchase.Key, RpcOutcome.NotExecuted, step, ended.Code, reason) { IsRefused = isRefused };

        var status = await AskAsync(purchase.Key, deadline).ConfigureAwait(false);
        return status?.State switch
        {
            PpvOrderState.Completed => Confirmed(purchase.Key, RpcOutcome.Completed, status.Code, status.Reason),
            PpvOrderState.NotExecuted => Confirmed(purchase.Key, RpcOutcome.NotExecuted, status.Code, status.Reason ?? reason),
            PpvOrderState.Unknown => Confirmed(purchase.Key, RpcOutcome.Unknown, status.Code, status.Reason),
            _ => Confirmed(purchase.Key, RpcOutcome.Unknown, null,
                $"{reason} Nothing was sent to buy this time, and no worker could say what became of it before."),
        };
    }

    private static PpvPurchaseResult Confirmed(string key, RpcOutcome outcome, string? code, string? reason) =>
        new(key, outcome, PpvPurchaseStep.Confirm, code, reason)
        {
            IsRefused = outcome == RpcOutcome.Completed && code != ResultCodes.Ok,
        };

    private async Task<PpvOrderStatus?> AskAsync(string key, DateTimeOffset deadline)
    {
        var left = deadline - timeProvider.GetUtcNow();
        if (left <= TimeSpan.Zero) return null;
        using var limit = new CancellationTokenSource(left, timeProvider);
        try
        {
            return await client.GetStatusAsync(ConfirmIdOf(key), limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return null;
        }
    }

    private static PpvResult Cancelled { get; } = new("", RpcOutcome.NotExecuted, null, "Everybody who waited for it has cancelled.");

    private static string NameOf(PpvPurchaseStep step) => step == PpvPurchaseStep.Event ? "the event" : "the subscriber";

    /// <summary>Nobody can join a run that was found abandoned: who comes now begins anew.</summary>
    private bool IsAbandoned(Run run)
    {
        lock (_lock)
        {
            if (run.Waiting > 0) return false;
            Remove(run);
            return true;
        }
    }

    private void Remove(Run run)
    {
        if (_running.GetValueOrDefault(run.Purchase.Key) == run) _running.Remove(run.Purchase.Key);
    }

    /// <summary>Nobody can join a run whose first time was found over: who comes then, perhaps as a repeat, begins anew.</summary>
    private bool EndsFirstTime(Run run)
    {
        lock (_lock)
        {
            if (run.IsRepeat) return false;
            Remove(run);
            return true;
        }
    }

    private bool IsRepeat(Run run)
    {
        lock (_lock) return run.IsRepeat;
    }

    private void RememberConfirm(string key)
    {
        lock (_lock)
        {
            if (!_confirmed.Add(key)) return;
            _confirmedInOrder.Enqueue(key);
            if (_confirmedInOrder.Count > RememberedConfirms) _confirmed.Remove(_confirmedInOrder.Dequeue());
        }
    }

    private sealed class Run(Purchase purchase)
    {
        public Purchase Purchase => purchase;

        /// <summary>How many wait for it; with nobody left no further step is begun.</summary>
        public int Waiting { get; set; }

        /// <summary>Whether anybody who waits says, or this client knows, that it may have been asked for before.</summary>
        public bool IsRepeat { get; set; }

        public Task<PpvPurchaseResult> Completion { get; set; } = null!;
    }
}

/// <summary>A purchase that is asked for.</summary>
/// <param name="Key">Its key.</param>
/// <param name="ConnectionId">Its call.</param>
/// <param name="Event">EV.</param>
/// <param name="Subscriber">EN.</param>
/// <param name="IsRepeat">Whether it may have been asked for before, by another process or an earlier one.</param>
internal sealed record Purchase(string Key, ConnectionId ConnectionId, PpvCommand Event, PpvCommand Subscriber, bool IsRepeat)
{
    public bool IsSame(Purchase other) => (other with { IsRepeat = IsRepeat }) == this;

    public PpvOrder OrderOf(PpvPurchaseStep step) => step switch
    {
        PpvPurchaseStep.Event => new PpvOrder(ConnectionId, Event) { Id = $"{Key}.EV" },
        PpvPurchaseStep.Subscriber => new PpvOrder(ConnectionId, Subscriber) { Id = $"{Key}.EN" },
        _ => PpvOrder.Confirm(ConnectionId) with { Id = Purchases.ConfirmIdOf(Key) },
    };
}
