using System.Collections.Concurrent;
using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Hosting.Tests;

/// <summary>Stands in the client's place: keeps the orders, answers as told.</summary>
internal sealed class FakePpvClient : IPpvClient
{
    private readonly ConcurrentQueue<PpvOrder> _orders = new();

    public Func<PpvOrder, CancellationToken, Task<PpvResult>> Answer { get; set; } =
        (order, _) => Task.FromResult(new PpvResult(order.Id, RpcOutcome.Completed, "OK", null));

    public IReadOnlyList<PpvOrder> Orders => [.. _orders];

    public void Says(RpcOutcome outcome, string? code, string? reason) =>
        Answer = (order, _) => Task.FromResult(new PpvResult(order.Id, outcome, code, reason));

    public Task<PpvResult> SendAsync(PpvOrder order, CancellationToken cancellationToken = default)
    {
        _orders.Enqueue(order);
        return Answer(order, cancellationToken);
    }

    public Task<PpvResult> SendAsync(PpvOrder order, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        SendAsync(order, cancellationToken);

    public Func<string, Task<PpvOrderStatus>> Status { get; set; } =
        orderId => Task.FromResult(new PpvOrderStatus(orderId, PpvOrderState.NeverSeen, null, null));

    public Task<PpvOrderStatus> GetStatusAsync(string orderId, CancellationToken cancellationToken = default) => Status(orderId);

    public Task<PpvPurchaseResult> PurchaseAsync(
        ConnectionId connectionId, string eventNumber, string subscriberNumber, string? key, bool isRepeat, TimeSpan? timeout,
        CancellationToken cancellationToken) =>
        throw new NotSupportedException("The gateway places single orders.");

    public Task<PpvOrderStatus> GetPurchaseStatusAsync(string key, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("The gateway asks for single orders.");
}
