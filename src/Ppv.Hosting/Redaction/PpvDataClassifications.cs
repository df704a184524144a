using Microsoft.Extensions.Compliance.Classification;

namespace Ppv.Hosting;

/// <summary>The kinds of personal data that gateway and worker know.</summary>
public static class PpvDataClassifications
{
    /// <summary>
    /// A subscriber's number, the value of EN. In every log it is masked, <c>85****20</c>. To have it written another way, give this
    /// classification a redactor of your own after <c>AddPpvGateway</c> or <c>AddPpvServer</c>:
    /// <c>services.AddRedaction(redaction => redaction.SetRedactor&lt;NullRedactor>(new(PpvDataClassifications.SubscriberNumber)))</c>
    /// shows it in clear, <c>ErasingRedactor</c> not at all. What <c>Ppv.Rpc</c> and <c>Ppv.Protocol</c> log is masked in any case.
    /// </summary>
    public static DataClassification SubscriberNumber { get; } = new("Ppv", nameof(SubscriberNumber));
}
