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
    /// <exception cref="TimeoutException">It goes on running.</exception>
    public async Task EndAsync(TimeSpan limit)
    {
        if (_isStarted) await StopAsync(limit).ConfigureAwait(false);
        try
        {
            await Task.Run(DisposeAsync).WaitAsync(limit, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException(
                $"The {name} did not stop within {limit.TotalSeconds:0.###} s and was left behind. Look for a service of your own that "
                + "takes no notice of the token it is stopped with, or whose disposal does not end.", e);
        }
    }

    private async Task StopAsync(TimeSpan limit)
    {
        using var end = new CancellationTokenSource(limit);
        try
        {
            // Told that its time is over it only has to give up what it waits for; for that it gets as long again.
            await Task.Run(() => host.StopAsync(end.Token)).WaitAsync(limit + limit, TimeProvider.System).ConfigureAwait(false);
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
