using System.Collections.Concurrent;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Rpc.Orders;

namespace Ppv.Hosting.Tests;

/// <summary>Stands in the client's place: keeps the orders, answers as told.</summary>
internal sealed class FakePpvClient : IPpvClient, IOwnersClient
{
    private readonly ConcurrentQueue<PpvOrder> _orders = new();
    private readonly ConcurrentQueue<IdHistory?> _histories = new();

    public Func<PpvOrder, CancellationToken, Task<PpvResult>> Answer { get; set; } =
        (order, _) => Task.FromResult(new PpvResult(order.Id, RpcOutcome.Completed, "OK", null));

    public IReadOnlyList<PpvOrder> Orders => [.. _orders];

    /// <summary>
    /// What was said of the ids of <see cref="Orders"/>; <see langword="null"/>: nothing, so that the client must know it.
    /// </summary>
    public IReadOnlyList<IdHistory?> Histories => [.. _histories];

    public void Says(RpcOutcome outcome, string? code, string? reason) =>
        Answer = (order, _) => Task.FromResult(new PpvResult(order.Id, outcome, code, reason));

    public Task<PpvResult> SendAsync(PpvOrder order, CancellationToken cancellationToken = default) => SendAsync(order, null,
        cancellationToken);

    public Task<PpvResult> SendAsync(
        PpvOrder order, IdHistory history, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        SendAsync(order, history, cancellationToken);

    public Task<PpvResult> SendAsync(PpvOrder order, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        SendAsync(order, cancellationToken);

    private Task<PpvResult> SendAsync(PpvOrder order, IdHistory? history, CancellationToken cancellationToken)
    {
        _orders.Enqueue(order);
        _histories.Enqueue(history);
        return Answer(order, cancellationToken);
    }

    public Func<string, Task<PpvOrderStatus>> Status { get; set; } =
        orderId => Task.FromResult(new PpvOrderStatus(orderId, PpvOrderState.NeverSeen, null, null));

    /// <summary>In whose names statuses were asked for; <see langword="null"/>: in nobody's.</summary>
    public ConcurrentQueue<string?> Asking { get; } = new();

    public Task<PpvOrderStatus> GetStatusAsync(string orderId, CancellationToken cancellationToken = default)
    {
        Asking.Enqueue(null);
        return Status(orderId);
    }

    public Task<PpvOrderStatus> GetStatusAsync(string orderId, string owner, CancellationToken cancellationToken)
    {
        Asking.Enqueue(owner);
        return Status(orderId);
    }

    public Task<PpvPurchaseResult> PurchaseAsync(
        ConnectionId connectionId, string eventNumber, string subscriberNumber, string? key, bool isRepeat, TimeSpan? timeout,
        CancellationToken cancellationToken) =>
        throw new NotSupportedException("The gateway places single orders.");

    public Task<PpvOrderStatus> GetPurchaseStatusAsync(string key, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("The gateway asks for single orders.");
}
