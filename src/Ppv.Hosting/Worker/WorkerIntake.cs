using Ppv.Hosting.Control;
using Ppv.Rpc;

namespace Ppv.Hosting.Worker;

/// <summary>The worker's intake: closed, it leaves the queue to the next worker, and stays connected.</summary>
internal sealed class WorkerIntake(RpcServer server) : IIntake
{
    public string Name => "worker";

    public bool IsOpen => !server.IsPaused;

    public int UnderWay => server.RunningRequests;

    public Task CloseAsync() => server.PauseAsync();

    public void Open() => server.Resume();
}
