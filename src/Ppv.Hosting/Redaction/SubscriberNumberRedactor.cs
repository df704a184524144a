using Microsoft.Extensions.Compliance.Redaction;
using Ppv.Protocol.Text;

namespace Ppv.Hosting.Redaction;

/// <summary>Masks a subscriber's number: <c>85****20</c>.</summary>
internal sealed class SubscriberNumberRedactor : Redactor
{
    public override int GetRedactedLength(ReadOnlySpan<char> input) => SubscriberNumber.Masked(input).Length;

    public override int Redact(ReadOnlySpan<char> source, Span<char> destination)
    {
        var masked = SubscriberNumber.Masked(source);
        masked.CopyTo(destination);
        return masked.Length;
    }
}
