using System.Diagnostics;
using Ppv.Protocol.Telemetry;
using Ppv.Rpc.Diagnostics;

namespace Ppv.Rpc.Server;

/// <summary>
/// One request on its server's side: the time it lay on the queue, and a span and a duration of its handling. Its parent is the client's
/// span, which came with the request; nothing of it goes into the answer.
/// </summary>
internal sealed class ServerCall : IDisposable
{
    private readonly Activity? _activity;
    private readonly RpcRequestContext _context;
    private readonly TimeProvider _timeProvider;
    private readonly long _started;
    private string? _error = "cancelled";

    private ServerCall(RpcRequestContext context, string queue, TimeProvider timeProvider, ActivityContext parent)
    {
        (_context, _timeProvider, _started) = (context, timeProvider, timeProvider.GetTimestamp());
        _activity = RpcTelemetry.Source.StartActivity(context.Method ?? TelemetryNames.Ppv, ActivityKind.Server, parent);
        if (_activity is not { IsAllDataRequested: true }) return;
        _activity.SetTag(TelemetryNames.RpcSystem, TelemetryNames.Ppv);
        _activity.SetTag(TelemetryNames.MessagingSystem, TelemetryNames.RabbitMq);
        _activity.SetTag(TelemetryNames.Destination, queue);
        _activity.SetTag(TelemetryNames.MessageId, context.Id);
        if (context.History.IsRepeat) _activity.SetTag(TelemetryNames.PossibleDuplicate, true);
    }

    /// <param name="context">The request, as its handler gets it.</param>
    /// <param name="origin">Where it comes from.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <returns><see langword="null"/> where nobody listens.</returns>
    public static ServerCall? Start(RpcRequestContext context, RequestOrigin origin, TimeProvider timeProvider)
    {
        if (!RpcTelemetry.Source.HasListeners() && !RpcTelemetry.ServerDuration.Enabled && !RpcTelemetry.QueueWait.Enabled) return null;
        ActivityContext.TryParse(origin.TraceParent, origin.TraceState, isRemote: true, out var parent);
        Waited(origin, parent);
        return new ServerCall(context, origin.Queue, timeProvider, parent);
    }

    public void End(RpcReply reply)
    {
        _error = ClientCall.ErrorOf(reply.Outcome);
        _activity?.SetTag(TelemetryNames.Outcome, reply.Outcome.ToString());
        if (_error is not null) _activity?.SetStatus(ActivityStatusCode.Error, reply.Reason);
    }

    public void Dispose()
    {
        if (_activity is { IsAllDataRequested: true } && _context.Method is { } method)
        {
            _activity.DisplayName = method; // Which only the handler could know.
            _activity.SetTag(TelemetryNames.RpcMethod, method);
        }

        if (_error is not null) _activity?.SetTag(TelemetryNames.ErrorType, _error);
        _activity?.Dispose();
        RpcTelemetry.ServerDuration.Record(
            _timeProvider.GetElapsedTime(_started).TotalSeconds, ClientCall.Tags(_context.Method, _error));
    }

    /// <summary>
    /// What only shows afterwards: from the client's publishing to the server's taking, where the client said when it sent.
    /// </summary>
    private static void Waited(RequestOrigin origin, ActivityContext parent)
    {
        if (origin.SentAt is not { } sent) return;
        var wait = origin.ArrivedAt - sent;
        if (wait < TimeSpan.Zero) (sent, wait) = (origin.ArrivedAt, TimeSpan.Zero); // The clocks of two hosts.
        RpcTelemetry.QueueWait.Record(wait.TotalSeconds, new KeyValuePair<string, object?>(TelemetryNames.Destination, origin.Queue));
        using var activity = RpcTelemetry.Source.StartActivity(
            TelemetryNames.QueueWait, ActivityKind.Internal, parent, startTime: sent.UtcDateTime);
        if (activity is null) return;
        activity.SetTag(TelemetryNames.MessagingSystem, TelemetryNames.RabbitMq);
        activity.SetTag(TelemetryNames.Destination, origin.Queue);
        activity.SetEndTime(origin.ArrivedAt.UtcDateTime);
    }
}

/// <summary>Where a request comes from, and since when it is on its way.</summary>
/// <param name="Queue">The queue it came from.</param>
/// <param name="ArrivedAt">When the server got it.</param>
/// <param name="SentAt">When the client sent it, by the client's clock; <see langword="null"/> where it did not say so.</param>
/// <param name="TraceParent">The client's span, as W3C writes it; anything else counts as none.</param>
/// <param name="TraceState">What belongs to it.</param>
internal readonly record struct RequestOrigin(
    string Queue, DateTimeOffset ArrivedAt, DateTimeOffset? SentAt, string? TraceParent, string? TraceState);
