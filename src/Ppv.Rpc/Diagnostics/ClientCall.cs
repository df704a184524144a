using System.Diagnostics;
using Ppv.Protocol.Telemetry;

namespace Ppv.Rpc.Diagnostics;

/// <summary>One request on its client's side: a span around all its attempts, and their duration together.</summary>
internal sealed class ClientCall : IDisposable
{
    private readonly Activity? _activity;
    private readonly string? _method;
    private readonly TimeProvider _timeProvider;
    private readonly ClientIdentity _identity;
    private readonly long _started;
    private BrokerHost? _host;
    private string? _error = "cancelled";

    private ClientCall(RpcRequest request, string queue, ClientIdentity identity, TimeProvider timeProvider)
    {
        _identity = identity;
        (_method, _timeProvider, _started) = (request.Method ?? request.Type, timeProvider, timeProvider.GetTimestamp());
        _activity = RpcTelemetry.Source.StartActivity(_method ?? TelemetryNames.Ppv, ActivityKind.Client);
        if (_activity is not { IsAllDataRequested: true }) return;
        _activity.SetTag(TelemetryNames.RpcSystem, TelemetryNames.Ppv);
        if (_method is not null) _activity.SetTag(TelemetryNames.RpcMethod, _method);
        _activity.SetTag(TelemetryNames.MessagingSystem, TelemetryNames.RabbitMq);
        _activity.SetTag(TelemetryNames.Destination, queue);
        _activity.SetTag(TelemetryNames.MessageId, request.Id);
        if (identity.Name is { } name) _activity.SetTag(TelemetryNames.Client, name);
    }

    /// <summary>The W3C context to travel with the request; none where nobody traces.</summary>
    public string? TraceParent => _activity?.Id;

    public string? TraceState => _activity?.TraceStateString;

    /// <returns><see langword="null"/> where nobody listens.</returns>
    public static ClientCall? Start(RpcRequest request, string queue, ClientIdentity identity, TimeProvider timeProvider) =>
        RpcTelemetry.Source.HasListeners() || RpcTelemetry.ClientDuration.Enabled
            ? new ClientCall(request, queue, identity, timeProvider)
            : null;

    /// <summary>An attempt is made over a host.</summary>
    public void Attempt(BrokerHost host, string correlationId, bool isAgain)
    {
        _host = host;
        if (isAgain) _activity?.AddEvent(new ActivityEvent(TelemetryNames.Resend));
        _activity?.SetTag(TelemetryNames.ConversationId, correlationId);
    }

    public void End(RpcReply reply)
    {
        _error = ErrorOf(reply.Outcome);
        _activity?.SetTag(TelemetryNames.Outcome, reply.Outcome.ToString());
        if (_error is not null) _activity?.SetStatus(ActivityStatusCode.Error, reply.Reason);
    }

    public void Dispose()
    {
        if (_host is { } host)
        {
            _activity?.SetTag(TelemetryNames.ServerAddress, host.Name);
            _activity?.SetTag(TelemetryNames.ServerPort, host.Port);
        }

        if (_error is not null) _activity?.SetTag(TelemetryNames.ErrorType, _error);
        _activity?.Dispose();
        if (!RpcTelemetry.ClientDuration.Enabled) return;
        var tags = Tags(_method, _error);
        if (_host is { } last)
        {
            tags.Add(TelemetryNames.ServerAddress, last.Name);
            tags.Add(TelemetryNames.ServerPort, last.Port);
        }

        _identity.AddTo(ref tags);
        RpcTelemetry.ClientDuration.Record(_timeProvider.GetElapsedTime(_started).TotalSeconds, tags);
    }

    /// <summary>What a duration is told apart by, on both sides.</summary>
    public static TagList Tags(string? method, string? error)
    {
        var tags = new TagList { { TelemetryNames.RpcSystem, TelemetryNames.Ppv } };
        if (method is not null) tags.Add(TelemetryNames.RpcMethod, method);
        if (error is not null) tags.Add(TelemetryNames.ErrorType, error);
        return tags;
    }

    /// <summary>The kind of error that an outcome is; none when it is completed.</summary>
    public static string? ErrorOf(RpcOutcome outcome) => outcome switch
    {
        RpcOutcome.Completed => null,
        RpcOutcome.NotExecuted => "not_executed",
        _ => "unknown",
    };
}
