using System.Net.Sockets;
using System.Security.Authentication;
using RabbitMQ.Client.Exceptions;

namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>Turns what the client library throws into sentences that say what to do.</summary>
internal static class RabbitMqErrors
{
    public const int NotFound = 404, InternalError = 541;

    private const int AccessRefused = 403, ResourceLocked = 405, PreconditionFailed = 406;

    private const string NoMechanism = "No compatible authentication mechanism";

    private const string StartNodes = "Perhaps most nodes of its cluster are down: start them, or wait until another host can be used.";

    public static BrokerException DialFailed(Exception error, BrokerHost host, BrokerOptions options, TlsDial? tls = null)
    {
        var errors = Flatten(error).ToList();
        if (errors.OfType<AuthenticationFailureException>().Any() || errors.OfType<PossibleAuthenticationFailureException>().Any())
        {
            return new BrokerException(
                $"RabbitMQ on {host} refused the login of user '{options.UserName}'. Check Ppv:Broker:UserName and Ppv:Broker:Password, "
                    + "or create the user there.",
                needsAttention: true, error);
        }

        if (tls?.Refusal is { } refusal)
            return new BrokerException($"RabbitMQ on {host} can't be trusted. {refusal}.", needsAttention: true, error);
        if (tls?.HasAccepted == false && errors.OfType<AuthenticationException>().FirstOrDefault() is { } noTls)
        {
            return new BrokerException(
                $"RabbitMQ on {host} did not agree on TLS: {Text(noTls)}. Check that this is its TLS port ({BrokerHost.DefaultTlsPort} as "
                    + "a rule), and that it speaks TLS 1.2 or later.",
                needsAttention: true, error);
        }

        if (errors.OfType<OperationInterruptedException>().FirstOrDefault() is { ShutdownReason: not null } refusedWith
            && BrokerWords.Explain(Text(refusedWith), host, error) is { } refused)
            return refused;
        if (errors.Find(e => e.Message.Contains(NoMechanism, StringComparison.OrdinalIgnoreCase)) is { } mechanism)
        {
            return new BrokerException(
                $"RabbitMQ on {host} takes no login by name and password: {mechanism.Message.TrimEnd('.')}. Let it offer PLAIN "
                    + "(auth_mechanisms in its rabbitmq.conf); that is how programs of ours log in.",
                needsAttention: true, error);
        }

        var cause = errors.OfType<SocketException>().FirstOrDefault()?.Message
            ?? (errors.Any(e => e is TimeoutException or OperationCanceledException)
                ? $"no answer within {options.DialTimeout.TotalSeconds:0.#} s"
                : errors[^1].Message);
        var isSilent = errors.Exists(e => e is TimeoutException or OperationCanceledException) && !errors.OfType<SocketException>().Any();
        if (tls?.HasAccepted == true && !isSilent)
        {
            return new BrokerException(
                $"RabbitMQ on {host} ended the connection when TLS was agreed on: {cause.TrimEnd('.')}. If it demands a certificate of us: "
                    + (tls.OwnCertificate is { } own
                        ? $"ours is '{own.Subject}', issued by '{own.Issuer}' and valid until {own.NotAfter.ToUniversalTime():u}; see that "
                            + "the broker trusts its issuer."
                        : "there is none. Name it as Ppv:Broker:Tls:CertificateFile."),
                // A broker that is just stopping ends connections, too; an alert is about the certificate.
                needsAttention: errors.Exists(e => e.Message.Contains("alert", StringComparison.OrdinalIgnoreCase)), error);
        }

        if (IsClosedByOtherEnd(errors))
        {
            return new BrokerException(
                $"Something on {host} took the connection, and closed it before RabbitMQ had said a word. If a proxy stands there, check "
                    + "that it reaches a broker; otherwise that the port is right, and whether it speaks TLS "
                    + "(amqps:// in Ppv:Broker:Hosts).",
                needsAttention: false, error);
        }

        return new BrokerException($"RabbitMQ on {host} can't be reached: {cause}. Check that it runs and that Ppv:Broker:Hosts is right.",
            needsAttention: false, error);
    }

    public static BrokerException DeclareFailed(Exception error, BrokerHost host, QueueDeclaration queue) =>
        BrokerWords.Explain(Text(error), host, error) ?? Code(error) switch
    {
        PreconditionFailed when Says(error, "inequivalent arg") => new BrokerException(
            $"Queue '{queue.Name}' on {host} was declared with other arguments than {queue.Kind} with a message TTL of "
                + $"{queue.MessageTtl.TotalMilliseconds:0} ms"
            + $"{(queue is { Kind: QueueKind.Quorum, SingleActiveConsumer: true } ? " and a single active consumer" : "")}: {Text(error)}. "
            + "Set Ppv:Rpc:MessageTtl, Ppv:Rpc:QueueKind and Ppv:Rpc:SingleActiveConsumer to what is there, or delete the queue.",
            needsAttention: true, error),
        PreconditionFailed => new BrokerException(
            $"RabbitMQ on {host} does not make queue '{queue.Name}' as it is to be: {Text(error)}. Set Ppv:Rpc:QueueKind and "
                + "Ppv:Rpc:MessageTtl to what it takes, or have it make the queue otherwise and set Ppv:Rpc:QueueKind to Passive.",
            needsAttention: true, error),
        NotFound when queue.Kind == QueueKind.Passive && IsMissing(error) => new BrokerException(
            $"Queue '{queue.Name}' on {host} is not there: {Text(error)}. Create it, or choose another Ppv:Rpc:QueueKind than "
                + $"{queue.Kind}.",
            needsAttention: true, error),
        NotFound => new BrokerException(
            $"Queue '{queue.Name}' on {host} is not available: {Text(error)}. Start the node of its cluster that has the "
                + "queue.", needsAttention: false, error),
        ResourceLocked => new BrokerException(
            $"Queue '{queue.Name}' on {host} belongs to another connection alone: {Text(error)}. Choose another "
                + "Ppv:Rpc:Queue.", needsAttention: true, error),
        AccessRefused => new BrokerException(
            $"RabbitMQ on {host} does not let us declare queue '{queue.Name}': {Text(error)}. Give the user configure, write and read "
                + "permissions on it.",
            needsAttention: true, error),
        InternalError => new BrokerException(
            $"RabbitMQ on {host} could not declare queue '{queue.Name}': {Text(error)}. {StartNodes}", needsAttention: false, error),
        _ when IsTimeout(error) => new BrokerException(
            $"RabbitMQ on {host} did not declare queue '{queue.Name}' in time: {Text(error)}. {StartNodes}", needsAttention: false, error),
        _ => new BrokerException($"RabbitMQ on {host} did not declare queue '{queue.Name}': {Text(error)}.", needsAttention: false, error),
    };

    public static BrokerException CountFailed(Exception error, BrokerHost host, string queue) =>
        BrokerWords.Explain(Text(error), host, error) ?? Code(error) switch
    {
        NotFound =>
            new BrokerException(
                $"Queue '{queue}' on {host} is not there or not available: {Text(error)}. Create it, or start the node that has it.",
                needsAttention: IsMissing(error), error),
        _ =>
            new BrokerException(
                $"RabbitMQ on {host} did not tell how many consumers queue '{queue}' has: {Text(error)}.", needsAttention: false, error),
    };

    public static BrokerException ConsumeFailed(Exception error, BrokerHost host, string queue) =>
        BrokerWords.Explain(Text(error), host, error) ?? Code(error) switch
    {
        NotFound =>
            new BrokerException(
                $"Queue '{queue}' on {host} is not there or not available: {Text(error)}. Create it, or start the node that has it.",
                needsAttention: IsMissing(error), error),
        AccessRefused when IsInUseByOneAlone(error) => new BrokerException(
            $"Another server works alone on queue '{queue}' on {host}: {Text(error)}. Let all servers of the queue have the same "
                + "Ppv:Rpc:SingleActiveConsumer, or choose another Ppv:Rpc:Queue.",
            needsAttention: true, error),
        AccessRefused => new BrokerException(
            $"RabbitMQ on {host} does not let us consume queue '{queue}': {Text(error)}. Give the user read permission on "
                + "it.", needsAttention: true, error),
        _ =>
            new BrokerException($"RabbitMQ on {host} did not let us consume queue '{queue}': {Text(error)}.", needsAttention: false, error),
    };

    public static BrokerException LeaderRecordFailed(Exception error, BrokerHost host, string queue, string action) =>
        BrokerWords.Explain(Text(error), host, error) ?? Code(error) switch
    {
        AccessRefused => new BrokerException(
            $"RabbitMQ on {host} does not let us use queue '{queue}', in which servers leave each other records: {Text(error)}. Give the "
                + "user configure, write and read permissions on it.",
            needsAttention: true, error),
        PreconditionFailed when Says(error, "inequivalent arg") => new BrokerException(
            $"Queue '{queue}' on {host}, in which servers leave each other records, was declared with other arguments: {Text(error)}. "
                + "Delete it; it is made again.",
            needsAttention: true, error),
        _ => new BrokerException($"RabbitMQ on {host} did not {action} in queue '{queue}': {Text(error)}.", needsAttention: false, error),
    };

    public static BrokerException SubscribeFailed(Exception error, BrokerHost host, string exchange) =>
        BrokerWords.Explain(Text(error), host, error) ?? Code(error) switch
    {
        AccessRefused => new BrokerException(
            $"RabbitMQ on {host} does not let us bind our reply queue to '{exchange}': {Text(error)}. Give the user write permission on "
                + $"'amq.gen-.*' and read permission on '{exchange}'.",
            needsAttention: true, error),
        _ => new BrokerException(
            $"RabbitMQ on {host} did not bind our reply queue to '{exchange}': {Text(error)}.", needsAttention: false, error),
    };

    public static BrokerException PublishToTopicFailed(Exception error, BrokerHost host, string exchange) =>
        BrokerWords.Explain(Text(error), host, error) ?? Code(error) switch
    {
        AccessRefused => new BrokerException(
            $"RabbitMQ on {host} does not let us publish to '{exchange}': {Text(error)}. Give the user write permission on it.",
            needsAttention: true, error),
        _ => new BrokerException(
            $"RabbitMQ on {host} did not take a message to '{exchange}': {Text(error)}.", needsAttention: false, error),
    };

    public static BrokerException Failed(Exception error, BrokerHost host, BrokerOptions options, string action) =>
        BrokerWords.Explain(Text(error), host, error)
        ?? new BrokerException(
            $"RabbitMQ on {host} did not {action}: {Text(error)}.", Code(error) == AccessRefused, error);

    /// <summary>Everything the library is known to throw when a connection or channel is closed, broken or slow.</summary>
    public static bool IsTrouble(Exception error) =>
        error is RabbitMQClientException or IOException or TimeoutException
            or OperationCanceledException or ObjectDisposedException or InvalidOperationException;

    /// <summary>The code with which the broker closed a channel or the connection, if that is what happened.</summary>
    public static int? Code(Exception error) => (error as OperationInterruptedException)?.ShutdownReason?.ReplyCode;

    /// <summary>Whether it is a 403 because somebody consumes alone; the same code says that the user has no permission.</summary>
    public static bool IsInUseByOneAlone(Exception error) => Code(error) == AccessRefused && Says(error, "exclusive use");

    /// <summary>What the broker or the library said, without its full stop.</summary>
    public static string Text(Exception error) => error switch
    {
        NoAnswerException => error.Message,
        // The library's own time-outs surface as cancellation.
        TimeoutException or OperationCanceledException => "it did not answer in time",
        OperationInterruptedException { ShutdownReason: { } reason } => $"{reason.ReplyCode} {reason.ReplyText}".TrimEnd('.'),
        _ => error.Message.TrimEnd('.'),
    };

    private static bool IsTimeout(Exception error) => error is TimeoutException or OperationCanceledException;

    /// <summary>Whether a 404 means that there is no such queue; otherwise the node that has it is down.</summary>
    private static bool IsMissing(Exception error) => Says(error, "no queue");

    private static bool Says(Exception error, string words) =>
        (error as OperationInterruptedException)?.ShutdownReason?.ReplyText.Contains(words, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The library has no type of its own for it: it finds the end of its pipe, or of what it reads.</summary>
    private static bool IsClosedByOtherEnd(IEnumerable<Exception> errors) => errors.Any(e =>
        e is EndOfStreamException || e.Message.Contains("Pipe is completed", StringComparison.OrdinalIgnoreCase)
        || e.Message.Contains("Reached the end of the stream", StringComparison.OrdinalIgnoreCase)
        || e is SocketException { SocketErrorCode: SocketError.ConnectionReset });

    private static IEnumerable<Exception> Flatten(Exception error) => error switch
    {
        AggregateException many => many.InnerExceptions.SelectMany(Flatten).Prepend(error),
        { InnerException: { } inner } => Flatten(inner).Prepend(error),
        _ => [error],
    };
}
