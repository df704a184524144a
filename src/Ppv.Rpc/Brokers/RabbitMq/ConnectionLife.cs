using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Ppv.Protocol.Text;

namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>
/// Whether a connection is lost, and a time limit of ours for every call into the library, because some of them can hang for ever
/// (RabbitMQ.Client#1930, RabbitMQ.Client#1960). Calls that wait when the connection is lost end at once. What is abandoned may still end
/// later; nobody waits for it.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable",
    Justification = "Without a timer there is nothing to dispose of, and late calls still look at it.")]
internal sealed class ConnectionLife(BrokerHost host, BrokerOptions options, TimeProvider timeProvider)
{
    private readonly TaskCompletionSource<string> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _gone = new();

    public BrokerHost Host => host;

    public BrokerOptions Options => options;

    public Task<string> Lost => _lost.Task;

    /// <summary>Cancelled when it is lost, on a thread of the pool.</summary>
    public CancellationToken Gone => _gone.Token;

    public void Lose(string reason)
    {
        if (_lost.TrySetResult(PlainText.Of(BrokerWords.Advise(reason)))) _ = _gone.CancelAsync();
    }

    /// <summary>Runs a few calls within the limit.</summary>
    /// <param name="calls">
    /// The calls; the token ends waits of our own between them and goes into none of the library's, which a cancelled call may upset
    /// (RabbitMQ.Client#1900).
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="limit">The limit, if it isn't <see cref="BrokerOptions.OperationTimeout"/>.</param>
    /// <exception cref="NoAnswerException">The limit is over.</exception>
    /// <exception cref="IOException">The connection is lost.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> calls, CancellationToken cancellationToken, TimeSpan? limit = null)
    {
        ThrowIfLost();
        LeaveTrace();
        var time = limit ?? options.OperationTimeout;
        using var end = new CancellationTokenSource(time, timeProvider);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(end.Token, _gone.Token, cancellationToken);
        var running = calls(any.Token);
        try
        {
            return await running.WaitAsync(any.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (any.IsCancellationRequested)
        {
            Forget(running);
            cancellationToken.ThrowIfCancellationRequested();
            ThrowIfLost();
            throw new NoAnswerException(time);
        }
    }

    /// <summary>Waits for one call, as <see cref="RunAsync"/> does: for what happens often.</summary>
    public async Task WaitAsync(ValueTask call)
    {
        if (call.IsCompletedSuccessfully) return;
        var running = call.AsTask();
        try
        {
            await running.WaitAsync(options.OperationTimeout, timeProvider, _gone.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException && !running.IsCompleted)
        {
            Forget(running);
            ThrowIfLost();
            throw new NoAnswerException(options.OperationTimeout);
        }
    }

    /// <summary>
    /// Lets the calling asynchronous method go on outside of any span, until it ends: where somebody listens to the library's publisher, it
    /// writes the broker's address into whatever span is current, at every frame that it sends.
    /// </summary>
    public static void LeaveTrace() => Activity.Current = null;

    /// <summary>Looks at how a call ended that nobody waits for, so that its failure counts as seen.</summary>
    public static void Forget(Task abandoned) =>
        _ = abandoned.ContinueWith(
            static ended => _ = ended.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);

    public void ThrowIfLost()
    {
        if (Lost.IsCompleted) throw new IOException($"the connection was lost: {Lost.Result}");
    }
}

/// <summary>
/// A time limit of ours is over: the broker did not answer, or the library hangs. Its message goes into sentences, so it begins in lower
/// case.
/// </summary>
internal sealed class NoAnswerException(TimeSpan limit) : TimeoutException(
    FormattableString.Invariant($"it did not answer within {limit.TotalSeconds:0.###} s"));
