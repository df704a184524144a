using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Ppv.Protocol;

namespace Ppv.Hosting.Worker.Journal;

/// <summary>
/// What stands for a subscriber's number where an order is handed over: enough to tell whether an order that comes under the same id is for
/// the same subscriber. It keeps numbers out of sight; who has it can still find a number by trying all. Pure.
/// </summary>
internal static class SubscriberFingerprint
{
    private const char Mark = '~';

    /// <summary>The order with the fingerprint in the number's place; any order but an EN, and one that has it already, as it is.</summary>
    public static PpvOrder Hide(PpvOrder order) => order.Command.Kind != PpvCommandKind.Subscriber || IsHidden(order.Command)
        ? order
        : new PpvOrder(order.ConnectionId, PpvCommand.Subscriber(Of(order))) { Id = order.Id, Subject = order.Subject };

    /// <summary>
    /// Whether two orders of one id have the same command with the same value, of which a fingerprint may be all that is left.
    /// </summary>
    public static bool AreSame(PpvOrder one, PpvOrder other) => one.Command == other.Command
        || (one.Command.Kind == other.Command.Kind && IsHidden(one.Command) != IsHidden(other.Command)
            && Hide(one).Command == Hide(other).Command);

    private static bool IsHidden(PpvCommand command) => command is { Kind: PpvCommandKind.Subscriber, Value: [Mark, ..] }
        && command.Value.Length == PpvCommand.MaxValueLength;

    // Of the id too, so that one number looks different in each order. 19 characters of base64url are 114 bits.
    private static string Of(PpvOrder order) => string.Create(null, $"{Mark}{Base64Url.EncodeToString(
        SHA256.HashData(Encoding.ASCII.GetBytes($"{order.Id}\0{order.Command.Value}")))[..(PpvCommand.MaxValueLength - 1)]}");
}
