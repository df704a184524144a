using Microsoft.Extensions.Hosting;
using Ppv.Protocol.Text;
using Ppv.Rpc.Connection;

namespace Ppv.Rpc;

/// <summary>
/// Connects the client when the application starts, and stops the application when the client gave up, so that its service manager sees it.
/// The client closes after every other service has stopped, wherever it stands among them: the HTTP server's last requests need it.
/// </summary>
internal sealed class PpvClientService(
    PpvClient client, IHostApplicationLifetime lifetime, PlainLogger logger) : IHostedLifecycleService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        client.Start();
        _ = client.Completion.ContinueWith(GaveUp, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken) => await client.DisposeAsync().ConfigureAwait(false);

    Task IHostedLifecycleService.StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void GaveUp(Task completion)
    {
        Environment.ExitCode = 1;
        var who = client.Identity.Name is { } name ? $"Client '{name}'" : "The client";
        ConnectionLog.GaveUp(logger, who, completion.Exception!.InnerException!.Message);
        lifetime.StopApplication();
    }
}
