using Ppv.Protocol;
using Ppv.Rpc.Clocks;
using Ppv.Rpc.Messages;
using Ppv.Rpc.Orders.Routing;

namespace Ppv.Rpc.Orders;

/// <summary>
/// Runs purchases: EV, EN and CONFIRM on one deadline, under order ids that are made of the purchase's key. Who asks for one that runs
/// already waits for the same result. A key stays with what it was used for first. Safe for use by several threads.
/// </summary>
internal sealed class Purchases(PpvClient client, TimeProvider timeProvider)
{
    /// <summary>Of how many keys it is remembered what they were used for, and how far that came.</summary>
    private const int RememberedKeys = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Run> _running = new(StringComparer.Ordinal);
    private readonly KnownKeys _keys = new(RememberedKeys);

    public async Task<PpvPurchaseResult> PurchaseAsync(Purchase purchase, TimeLimit deadline, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Run? run;
        var joins = true;
        lock (_lock)
        {
            var now = ClockReading.Now(timeProvider);
            var known = _running.GetValueOrDefault(purchase.Key)?.Key ?? _keys.Take(purchase, now);
            if (known.Subject != purchase.Subject) return ForAnotherPurchase(purchase.Key);
            if (purchase.IsRepeat) known.UsedElsewhere(purchase.Key, now.Utc);
            if (!_running.TryGetValue(purchase.Key, out run))
            {
                joins = false;
                _running.Add(purchase.Key, run = new Run(purchase, known));
                run.Completion = Task.Run(() => RunAsync(run, deadline), CancellationToken.None);
                _ = run.Completion.ContinueWith(static ended => ended.Exception, TaskScheduler.Default); // Observed: all may have left.
            }

            run.Waiting++;
        }

        try
        {
            if (!joins) return await run.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
            var left = RpcRules.Bounded(deadline.Left(timeProvider));
            return await run.Completion.WaitAsync(
                left > TimeSpan.Zero ? left : TimeSpan.Zero, timeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException) when (joins)
        {
            // The one that he has joined has more time, and may still buy.
            return Confirmed(purchase.Key, RpcOutcome.Unknown, null,
                "It was asked for before under this key, and that one still runs. Ask for its status.");
        }
        finally
        {
            lock (_lock) run.Waiting--;
        }
    }

    private async Task<PpvPurchaseResult> RunAsync(Run run, TimeLimit deadline)
    {
        try
        {
            var result = await StepsAsync(run, deadline).ConfigureAwait(false);
            lock (_lock) run.Key.Ended(result.Outcome);
            return result;
        }
        finally
        {
            lock (_lock) Remove(run);
        }
    }

    private async Task<PpvPurchaseResult> StepsAsync(Run run, TimeLimit deadline)
    {
        bool wasConfirmed;
        lock (_lock) wasConfirmed = run.Key.WasSent(PpvPurchaseStep.Confirm);
        foreach (var step in (PpvPurchaseStep[])[PpvPurchaseStep.Event, PpvPurchaseStep.Subscriber])
        {
            if (IsAbandoned(run)) return await EndAsync(run, step, Cancelled, deadline).ConfigureAwait(false);
            var (result, prior) = await SendAsync(run, step, deadline).ConfigureAwait(false);
            if (prior == PriorUse.Other) return KeyOfAnother(run, wasConfirmed || result.Outcome == RpcOutcome.Unknown);
            if (result is not { Outcome: RpcOutcome.Completed, Code: ResultCodes.Ok })
                return await EndAsync(run, step, result, deadline).ConfigureAwait(false);
        }

        if (IsAbandoned(run)) return await EndAsync(run, PpvPurchaseStep.Confirm, Cancelled, deadline).ConfigureAwait(false);
        var wasBegun = MayBeBought(run);
        var (bought, used) = await SendAsync(run, PpvPurchaseStep.Confirm, deadline).ConfigureAwait(false);
        if (used == PriorUse.Other) return KeyOfAnother(run, wasConfirmed || bought.Outcome == RpcOutcome.Unknown);
        var isInDoubt = wasBegun
            ? bought is { Outcome: not RpcOutcome.Completed, Code: null }
            : EndsAsRepeat(run) && bought.Outcome == RpcOutcome.NotExecuted && used == PriorUse.None;
        return isInDoubt
            ? await AskAsync(run, bought.Reason, deadline).ConfigureAwait(false)
            : Confirmed(run.Purchase.Key, bought.Outcome, bought.Code, bought.Reason);
    }

    /// <summary>
    /// Sends the order of a step. A worker that has had it before, although this client has not sent it, says that somebody else has used
    /// the key: an application that was restarted, perhaps.
    /// </summary>
    private async Task<(PpvResult Result, PriorUse Prior)> SendAsync(Run run, PpvPurchaseStep step, TimeLimit deadline)
    {
        bool wasSent;
        IdHistory history;
        lock (_lock) (wasSent, history) = (run.Key.WasSent(step), run.Key.Sending(step, timeProvider));
        var (result, prior) = await client.AskAsync(
            run.Purchase.OrderOf(step), history, deadline, CancellationToken.None).ConfigureAwait(false);
        if (prior == PriorUse.Same && !wasSent)
        {
            lock (_lock) run.Key.UsedElsewhere(run.Purchase.Key, timeProvider.GetUtcNow());
        }

        return (result, prior);
    }

    /// <summary>
    /// The result when no confirm of this time was sent. Where none was sent before either, that proves that nothing was bought; else only
    /// the worker's record of the confirm can.
    /// </summary>
    private async Task<PpvPurchaseResult> EndAsync(Run run, PpvPurchaseStep step, PpvResult ended, TimeLimit deadline)
    {
        var isRefused = ended.Outcome == RpcOutcome.Completed;
        var reason = isRefused ? $"Wizard refused {NameOf(step)}: {ended.Code}." : ended.Reason;
        return EndsFirstTime(run)
            ? new PpvPurchaseResult(run.Purchase.Key, RpcOutcome.NotExecuted, step, ended.Code, reason) { IsRefused = isRefused }
            : await AskAsync(run, reason, deadline).ConfigureAwait(false);
    }

    /// <summary>What a worker has on record of the confirm, which may have been sent at another time.</summary>
    private async Task<PpvPurchaseResult> AskAsync(Run run, string? reason, TimeLimit deadline)
    {
        var key = run.Purchase.Key;
        var status = await AskAsync(key, deadline).ConfigureAwait(false);
        if (status?.Subject is { } subject && subject != run.Purchase.Subject)
        {
            lock (_lock) return KeyOfAnother(run, run.Key.WasSent(PpvPurchaseStep.Confirm));
        }

        return status?.State switch
        {
            PpvOrderState.Completed => Confirmed(key, RpcOutcome.Completed, status.Code, status.Reason),
            PpvOrderState.NotExecuted => Confirmed(key, RpcOutcome.NotExecuted, status.Code, status.Reason ?? reason),
            PpvOrderState.Unknown => Confirmed(key, RpcOutcome.Unknown, status.Code, status.Reason),
            _ => Confirmed(key, RpcOutcome.Unknown, null,
                $"{reason} Nothing was sent to buy this time, and no worker could say what became of it before."),
        };
    }

    private static PpvPurchaseResult Confirmed(string key, RpcOutcome outcome, string? code, string? reason) =>
        new(key, outcome, PpvPurchaseStep.Confirm, code, reason)
        {
            IsRefused = outcome == RpcOutcome.Completed && code != ResultCodes.Ok,
        };

    /// <summary>The one refusal of a key that stands for something else, whoever finds that.</summary>
    private static PpvPurchaseResult ForAnotherPurchase(string key) => new(key, RpcOutcome.NotExecuted, PpvPurchaseStep.Event, null,
        "The key was used before for another event or subscriber; every purchase needs a key of its own. Nothing was bought for this one.")
    {
        IsKeyOfAnother = true,
    };

    /// <summary>
    /// A worker has the key on record for something else. That says nothing of a confirm that this client has sent before, to a worker that
    /// did not know of the other purchase; nor does the worker always know that nothing was bought.
    /// </summary>
    private static PpvPurchaseResult KeyOfAnother(Run run, bool mayBeBought) => mayBeBought
        ? Confirmed(run.Purchase.Key, RpcOutcome.Unknown, null,
            "The key was used before for another event or subscriber; every purchase needs a key of its own. Whether this one was bought "
            + "under it before that is not known.") with { IsKeyOfAnother = true }
        : ForAnotherPurchase(run.Purchase.Key);

    private async Task<PpvOrderStatus?> AskAsync(string key, TimeLimit deadline)
    {
        var left = RpcRules.Bounded(deadline.Left(timeProvider));
        if (left <= TimeSpan.Zero) return null;
        using var limit = new CancellationTokenSource(left, timeProvider);
        try
        {
            return await client.GetStatusAsync(PurchaseIds.Confirm(key), limit.Token).ConfigureAwait(false);
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
            if (run.Key.MayBeBought) return false;
            Remove(run);
            return true;
        }
    }

    /// <summary>Nobody can join a run whose confirm has ended: whoever comes now, perhaps as a repeat, begins anew.</summary>
    /// <returns>Whether somebody has joined who says that it is a repeat, or a worker has said so.</returns>
    private bool EndsAsRepeat(Run run)
    {
        lock (_lock)
        {
            Remove(run);
            return run.Key.IsUsedElsewhere;
        }
    }

    private bool MayBeBought(Run run)
    {
        lock (_lock) return run.Key.MayBeBought;
    }

    private sealed class Run(Purchase purchase, KnownKey key)
    {
        public Purchase Purchase => purchase;

        public KnownKey Key => key;

        /// <summary>How many wait for it; with nobody left no further step is begun.</summary>
        public int Waiting { get; set; }

        public Task<PpvPurchaseResult> Completion { get; set; } = null!;
    }
}
