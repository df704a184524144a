using Microsoft.Extensions.Hosting;
using Ppv.Hosting.Running;
using Ppv.Hosting.Telemetry;
using Ppv.Hosting.Worker.Lines;
using Ppv.Protocol.Text;
using Ppv.Rpc;

namespace Ppv.Hosting.Worker;

/// <summary>
/// Takes orders from when the application starts until it stops; what was begun is finished first. When the server gave up, the application
/// stops with an exit code other than 0, so that its service manager sees it.
/// </summary>
internal sealed class PpvServerService(
    RpcServer server, ILineAllocator lines, UnknownConfirms unknowns, IHostApplicationLifetime lifetime,
    PlainLogger<PpvServerService> logger)
    : IHostedService, IDisposable
{
    private readonly IDisposable _lines = HostingTelemetry.ObserveLines(() => lines.Use);
    private readonly IDisposable _unknowns = HostingTelemetry.ObserveUnknowns(() => unknowns.Last);

    public void Dispose()
    {
        _lines.Dispose();
        _unknowns.Dispose();
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        server.Start();
        _ = server.Completion.ContinueWith(Ended, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => server.StopAsync(cancellationToken);

    private void Ended(Task completion)
    {
        Environment.ExitCode = ExitCodes.Failed;
        ServerLog.Ended(logger, completion.Exception!.InnerException!.Message);
        lifetime.StopApplication();
    }
}
