using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Ppv.Protocol;

namespace Ppv.Testing.Harness;

/// <summary>The place of the one worker, which may be stopped and started again. Safe for use by several threads.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The semaphore has no wait handle, so there is nothing to dispose of.")]
internal sealed class WorkerSlot(HostBuilders builders, InMemoryBroker broker, PpvTestHostOptions options)
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile HostPart? _worker;
    private bool _isClosed;

    public IServiceProvider Services =>
        _worker?.Services ?? throw new InvalidOperationException("The worker is stopped. Call StartWorkerAsync first.");

    public Task StartAsync(CancellationToken cancellationToken) => InTurnAsync(
        () => _worker is null ? StartNewAsync(cancellationToken) : Task.CompletedTask, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => InTurnAsync(EndAsync, cancellationToken);

    public Task RestartAsync(CancellationToken cancellationToken) => InTurnAsync(
        async () =>
        {
            ThrowIfBrokerStopped();
            await EndAsync().ConfigureAwait(false);
            await StartNewAsync(cancellationToken).ConfigureAwait(false);
        }, cancellationToken);

    /// <summary>Ends for good, and at once: what waits for Wizard ends as unknown.</summary>
    public Task CloseAsync() => InTurnAsync(
        async () =>
        {
            _isClosed = true;
            if (_worker?.Services.GetService<IWizardClient>() is WizardClient wizard) await wizard.DisposeAsync().ConfigureAwait(false);
            await EndAsync().ConfigureAwait(false);
        }, CancellationToken.None);

    private async Task InTurnAsync(Func<Task> step, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await step().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task StartNewAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isClosed, typeof(PpvTestHost));
        ThrowIfBrokerStopped();
        var worker = builders.BuildWorker();
        try
        {
            await worker.StartAsync(options.StartTimeout, cancellationToken).ConfigureAwait(false);
            _worker = worker;
        }
        catch
        {
            // Why it did not start says more than how it ended.
            await worker.EndAsync(options.StopTimeout).ContinueWith(static ended => ended.Exception, TaskScheduler.Default)
                .ConfigureAwait(false);
            throw;
        }
    }

    private async Task EndAsync()
    {
        if (_worker is not { } worker) return;
        _worker = null;
        await worker.EndAsync(options.StopTimeout).ConfigureAwait(false);
    }

    private void ThrowIfBrokerStopped()
    {
        if (!broker.IsRunning && !broker.Of(HostBuilders.BackupHost).IsRunning)
            throw new InvalidOperationException(
                "The worker can't start without its broker, which is stopped. Set Broker.IsRunning to true first.");
    }
}
