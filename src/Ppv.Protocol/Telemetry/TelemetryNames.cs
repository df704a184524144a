namespace Ppv.Protocol.Telemetry;

/// <summary>
/// Every name that telemetry uses, in one place: the conventions for RPC are a release candidate and those for messaging are in development
/// (https://opentelemetry.io/docs/specs/semconv/), so that they still change. What the conventions don't name begins with <c>ppv.</c>.
/// </summary>
internal static class TelemetryNames
{
    // Attributes of the conventions.
    public const string ErrorType = "error.type";
    public const string MessagingSystem = "messaging.system";
    public const string Destination = "messaging.destination.name";
    public const string MessageId = "messaging.message.id";
    public const string ConversationId = "messaging.message.conversation_id";
    public const string RpcSystem = "rpc.system.name";
    public const string RpcMethod = "rpc.method";
    public const string ServerAddress = "server.address";
    public const string ServerPort = "server.port";

    // Our own attributes.
    public const string CallId = "ppv.connid";
    public const string Client = "ppv.client";
    public const string Code = "ppv.code";

    /// <summary>Whose call it is, where gateways know their clients.</summary>
    public const string Owner = "ppv.owner";
    public const string Line = "ppv.line";
    public const string Outcome = "ppv.outcome";
    public const string PurchaseKey = "ppv.purchase.key";
    public const string PossibleDuplicate = "ppv.possible_duplicate";
    public const string Role = "ppv.role";

    // Values.
    public const string RabbitMq = "rabbitmq";
    public const string Ppv = "ppv";
    public const string Other = "_OTHER";

    // Spans. The others have the name of their method.
    public const string Purchase = "PURCHASE";
    public const string QueueWait = "queue wait";
    public const string LineWait = "line wait";
    public const string Resend = "resend";

    // Instruments.
    public const string ClientCallDuration = "rpc.client.call.duration";
    public const string ServerCallDuration = "rpc.server.call.duration";
    public const string QueueWaitDuration = "ppv.rpc.server.queue_wait.duration";
    public const string PendingCount = "ppv.rpc.client.pending_requests";
    public const string Purchases = "ppv.rpc.client.purchases";
    public const string LateReplies = "ppv.rpc.client.late_replies";
    public const string Resends = "ppv.rpc.client.resends";
    public const string Failovers = "ppv.rpc.connection.failovers";
    public const string Reconnects = "ppv.rpc.connection.reconnects";
    public const string ActiveHost = "ppv.rpc.connection.active";
    public const string ExchangeDuration = "ppv.wizard.exchange.duration";
    public const string GatewayOrders = "ppv.gateway.orders";
    public const string WorkerOrders = "ppv.worker.orders";
    public const string Duplicates = "ppv.worker.duplicates";
    public const string LineWaitDuration = "ppv.worker.line_wait.duration";
    public const string BusyLines = "ppv.worker.lines.busy";
    public const string Lines = "ppv.worker.lines.limit";
    public const string Leases = "ppv.worker.leases";
    public const string ConfirmsUnknown = "ppv.worker.confirms.unknown";

    /// <summary>Seconds: those that the conventions advise for calls, and those that callers here wait at most.</summary>
    public static readonly double[] DurationBuckets =
        [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 15, 30, 60];
}
