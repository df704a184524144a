using System.Collections.Concurrent;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Samples.Cli.Routes;

namespace Ppv.Cli.Tests;

/// <summary>A way for orders that says what a test wants, and remembers what it was given.</summary>
internal sealed class FakeRoute(Func<PpvOrder, CancellationToken, Task<string?>> answer, int? lines = null) : IRoute
{
    private int _underWay;

    public FakeRoute()
        : this((_, _) => Task.FromResult<string?>(ResultCodes.Ok))
    {
    }

    public ConcurrentQueue<PpvOrder> Orders { get; } = new();

    /// <summary>The most orders that were under way at once.</summary>
    public int MostUnderWay { get; private set; }

    public string Description => "nowhere";

    public string? Warning => null;

    public RouteLines Lines { get; } = lines is { } count ? RouteLines.WithoutWorker(count) : RouteLines.Leased(null);

    public Task<RouteLines> LinesAsync(CancellationToken cancellationToken) => Task.FromResult(Lines);

    public Task<IReadOnlyList<Hop>> ConnectAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Hop>>([]);

    public string Show(PpvOrder order) => order.Command.ToString();

    public async Task<RouteAnswer> SendAsync(PpvOrder order, CancellationToken cancellationToken)
    {
        lock (Orders) MostUnderWay = Math.Max(MostUnderWay, ++_underWay);
        Orders.Enqueue(order);
        try
        {
            var code = await answer(order, cancellationToken);
            return new RouteAnswer
            {
                SendTime = DateTimeOffset.UnixEpoch,
                ResponseTime = DateTimeOffset.UnixEpoch,
                Outcome = code is null ? null : nameof(RpcOutcome.Completed),
                Code = code,
                IsOk = code == ResultCodes.Ok,
                Failure = code is null ? "Silence." : null,
            };
        }
        finally
        {
            lock (Orders) _underWay--;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
