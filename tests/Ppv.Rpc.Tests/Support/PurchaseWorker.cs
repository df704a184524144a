using System.Collections.Concurrent;
using System.Text;
using Ppv.Protocol;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Messages;
using Ppv.Rpc.Orders;

namespace Ppv.Rpc.Tests.Support;

/// <summary>
/// A worker with a journal, as far as clients see it, and any number of clients of it: who asks for an id that it has on record gets that
/// answer, and of an id with a past that it does not cover it can't say anything.
/// </summary>
internal sealed class PurchaseWorker : IAsyncDisposable
{
    private readonly List<PpvClient> _clients = [];
    private readonly Dictionary<string, Entry> _records = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public TestClock Clock { get; } = new(DateTimeOffset.UnixEpoch.AddYears(56));

    /// <summary>Since when it has a record of everything; long before all else unless a test says otherwise.</summary>
    public DateTimeOffset CoveredSince { get; set; } = DateTimeOffset.UnixEpoch;

    /// <summary>What it has forgotten.</summary>
    public DateTimeOffset ForgottenBefore { get; set; } = DateTimeOffset.UnixEpoch.AddYears(55);

    /// <summary>What was bought, as "event subscriber".</summary>
    public ConcurrentQueue<string> Bought { get; } = new();

    /// <summary>Every message that came.</summary>
    public ConcurrentQueue<BrokerMessage> Sent { get; } = new();

    public IEnumerable<string> SentIds => Sent.Select(message => message.Type ?? message.MessageId!);

    /// <summary>What Wizard says to the order with an id in the place of OK.</summary>
    public ConcurrentDictionary<string, string> Refusals { get; } = new();

    /// <summary>The ids whose answers are not given now, though their orders are executed.</summary>
    public ConcurrentDictionary<string, Action> HeldBack { get; } = new();

    /// <summary>How publishing ends, by id; well unless a test says otherwise.</summary>
    public ConcurrentDictionary<string, Func<Task>> Publishing { get; } = new();

    public PpvClient Client()
    {
        var connection = new ScriptedConnection();
        connection.Publishing = (_, message) =>
        {
            if (Publishing.TryGetValue(message.MessageId!, out var ends)) return ends();
            Serve(connection, message);
            return Task.CompletedTask;
        };
        var client = new PpvClient(
            new ScriptedDialer((_, _) => connection), new PpvClientOptions { Broker = { Hosts = ["kfs-gax"] } }, null, Clock);
        _clients.Add(client);
        return client;
    }

    public static Task<PpvPurchaseResult> PurchaseAsync(
        PpvClient client, string key, bool isRepeat = false, string ev = "262193", string subscriber = "85165320", string call = "1") =>
        client.PurchaseAsync(ConnectionId.Parse(call), ev, subscriber, key, isRepeat).Within();

    /// <summary>Its answer is lost: who asks is told unknown, though it is executed.</summary>
    public async Task<PpvPurchaseResult> PurchaseWithoutAnswerAsync(PpvClient client, string key, string lostId)
    {
        HeldBack[lostId] = () => { };
        var purchase = PurchaseAsync(client, key);
        await Bounds.UntilAsync(() => SentIds.Contains(lostId), "the order");
        var result = await Clock.AdvanceUntilAsync(purchase, TimeSpan.FromSeconds(5));
        HeldBack.Clear();
        return result;
    }

    /// <summary>Another worker in its place, without anything that this one knew of these ids.</summary>
    public void ReplaceBy(DateTimeOffset coveredSince, params string[] lostIds)
    {
        CoveredSince = coveredSince;
        lock (_lock)
        {
            foreach (var id in lostIds) _records.Remove(id);
        }
    }

    /// <summary>Writes something on record.</summary>
    public void Record(string id, string? subject, PpvOrderState state, string? code)
    {
        lock (_lock) _records[id] = new Entry(subject, state, code);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) await client.DisposeAsync();
    }

    private void Serve(ScriptedConnection connection, BrokerMessage message)
    {
        var answer = AnswerTo(message);
        if (message.MessageId is { } id && HeldBack.ContainsKey(id)) HeldBack[id] = () => connection.Replies!(answer);
        else connection.Replies!(answer);
        Sent.Enqueue(message);
    }

    private BrokerMessage AnswerTo(BrokerMessage message)
    {
        var text = Encoding.UTF8.GetString(message.Body.Span);
        lock (_lock)
        {
            if (message.Type == StatusInquiry.Type)
            {
                var known = _records.GetValueOrDefault(text, new Entry(null, PpvOrderState.NeverSeen, null));
                return Answer(message, StatusInquiry.ToBytes(
                    new PpvOrderStatus(text, known.State, known.Code, null) { Subject = known.Subject }, coveredFor: null),
                    RpcOutcome.Completed);
            }

            var prior = PriorUse.None;
            if (_records.TryGetValue(message.MessageId!, out var entry))
            {
                prior = entry.Subject == message.Subject ? PriorUse.Same : PriorUse.Other;
                if (prior == PriorUse.Other)
                {
                    return Answer(message, "ER998"u8.ToArray(),
                        entry.State == PpvOrderState.Unknown ? RpcOutcome.Unknown : RpcOutcome.NotExecuted, prior);
                }
            }
            else
            {
                _records[message.MessageId!] = entry = Execute(message);
            }

            return Answer(message, Encoding.ASCII.GetBytes(entry.Code ?? "ER996"), entry.State switch
            {
                PpvOrderState.Completed => RpcOutcome.Completed,
                PpvOrderState.NotExecuted => RpcOutcome.NotExecuted,
                _ => RpcOutcome.Unknown,
            }, prior);
        }
    }

    private Entry Execute(BrokerMessage message)
    {
        OrderJson.TryRead(message.Body.Span, out var order, out _).ShouldBeTrue();
        if (order!.Command.Kind == PpvCommandKind.Confirm)
        {
            if (NewId.Of(message.History, CoveredSince, ForgottenBefore) is null)
                return new Entry(message.Subject, PpvOrderState.Unknown, null);
            if (!Refusals.ContainsKey(message.MessageId!)) Bought.Enqueue(message.Subject!);
        }

        return new Entry(message.Subject, PpvOrderState.Completed, Refusals.GetValueOrDefault(message.MessageId!, "OK"));
    }

    private static BrokerMessage Answer(BrokerMessage request, byte[] body, RpcOutcome outcome, PriorUse prior = PriorUse.None) =>
        new() { Body = body, CorrelationId = request.CorrelationId, Outcome = outcome, Prior = prior };

    private sealed record Entry(string? Subject, PpvOrderState State, string? Code);
}
