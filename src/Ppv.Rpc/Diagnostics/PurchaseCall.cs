using System.Diagnostics;
using Ppv.Protocol.Telemetry;

namespace Ppv.Rpc.Diagnostics;

/// <summary>One purchase on its client's side: a span around its three orders, and how it ended.</summary>
internal sealed class PurchaseCall : IDisposable
{
    private readonly Activity? _activity;
    private readonly ClientIdentity _identity;
    private string _outcome = nameof(RpcOutcome.Unknown);
    private string? _error = "cancelled";

    /// <param name="key">The purchase's key.</param>
    /// <param name="identity">Whose it is.</param>
    public PurchaseCall(string key, ClientIdentity identity)
    {
        _identity = identity;
        _activity = RpcTelemetry.Source.StartActivity(TelemetryNames.Purchase);
        _activity?.SetTag(TelemetryNames.PurchaseKey, key);
        if (identity.Name is { } name) _activity?.SetTag(TelemetryNames.Client, name);
    }

    /// <summary>It has ended; without this call its caller has given up waiting.</summary>
    /// <param name="outcome">Its outcome.</param>
    /// <param name="isBought">Whether Wizard said OK to the confirm.</param>
    /// <param name="reason">Why it was not bought.</param>
    public void End(RpcOutcome outcome, bool isBought, string? reason)
    {
        _outcome = outcome.ToString();
        _error = isBought ? null : ClientCall.ErrorOf(outcome) ?? "refused";
        if (_error is not null) _activity?.SetStatus(ActivityStatusCode.Error, reason);
    }

    public void Dispose()
    {
        _activity?.SetTag(TelemetryNames.Outcome, _outcome);
        var tags = new TagList { { TelemetryNames.Outcome, _outcome } };
        if (_error is not null)
        {
            _activity?.SetTag(TelemetryNames.ErrorType, _error);
            tags.Add(TelemetryNames.ErrorType, _error);
        }

        _activity?.Dispose();
        _identity.AddTo(ref tags);
        RpcTelemetry.Purchases.Add(1, tags);
    }
}
