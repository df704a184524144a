using Microsoft.Extensions.Hosting;
using Ppv.Rpc;

namespace Ppv.Testing.Harness;

/// <summary>
/// A part that starts once and ends once, each within its time, by the system's clock: the one of the test may stand still. Not safe for
/// use by several threads.
/// </summary>
/// <param name="host">What runs.</param>
/// <param name="name">What it is called in messages.</param>
/// <param name="status">How far it is; none where a test has put something of its own in its place.</param>
internal sealed class HostPart(IHost host, string name, Func<IServiceProvider, ConnectionStatus?> status)
{
    /// <summary>How long a part may take to give up what it waits for, and again to dispose of what it has.</summary>
    public static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(1);

    private bool _isStarted;

    public IServiceProvider Services => host.Services;

    /// <summary>Starts, and waits until orders can pass.</summary>
    /// <exception cref="TimeoutException">It took too long.</exception>
    public async Task StartAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(limit);
        try
        {
            await Task.Run(() => host.StartAsync(end.Token), end.Token).WaitAsync(end.Token).ConfigureAwait(false);
            _isStarted = true;
            while (status(Services) is { IsReady: false }) await Task.Delay(Look, TimeProvider.System, end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            var why = _isStarted ? $"{status(Services)?.Description} " : "";
            throw new TimeoutException(
                $"The {name} did not start within {limit.TotalSeconds:0.###} s. {why}Look for a service of your own that does not return"
                + " from its start, or set StartTimeout to more.", e);
        }
    }

    /// <summary>Stops, after what was begun has been finished, and disposes of all. What never started is only disposed of.</summary>
    /// <param name="limit">How long it may finish what was begun.</param>
    /// <exception cref="TimeoutException">It goes on running.</exception>
    public async Task EndAsync(TimeSpan limit)
    {
        if (_isStarted) await StopAsync(limit).ConfigureAwait(false);
        try
        {
            await Task.Run(DisposeAsync).WaitAsync(EndLimit, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException(
                $"The {name} was stopped and did not end within {EndLimit.TotalSeconds:0} s, so it was left behind. Look for a service of "
                + "your own whose disposal does not return.", e);
        }
    }

    private async Task StopAsync(TimeSpan limit)
    {
        using var end = new CancellationTokenSource(limit);
        try
        {
            await Task.Run(() => host.StopAsync(end.Token)).WaitAsync(limit + EndLimit, TimeProvider.System).ConfigureAwait(false);
        }
        catch (Exception e) when ((e is OperationCanceledException && end.IsCancellationRequested) || e is TimeoutException)
        {
            // What it has not finished is disposed of unfinished.
        }
    }

    private async Task DisposeAsync()
    {
        if (host is IAsyncDisposable disposable) await disposable.DisposeAsync().ConfigureAwait(false);
        else host.Dispose();
    }
}
