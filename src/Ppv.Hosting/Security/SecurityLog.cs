using Microsoft.Extensions.Logging;
using Ppv.Protocol.Text;
using Ppv.Rpc.Diagnostics;

namespace Ppv.Hosting.Security;

/// <summary>Event ids 450 to 469.</summary>
internal static partial class SecurityLog
{
    [LoggerMessage(450, LogLevel.Warning, "A request for \"{Endpoint}\" from {Address} was refused, and nothing was executed. {Reason}")]
    public static partial void Refused(StrangersLog logger, string endpoint, string address, string reason);

    [LoggerMessage(451, LogLevel.Information, "The key of client {Client} was renewed.")]
    public static partial void KeyRenewed(PlainLogger logger, string client);

    [LoggerMessage(452, LogLevel.Warning, "The key file of client {Client} is gone, and so is its access: {File}.")]
    public static partial void KeyGone(PlainLogger logger, string client, string file);

    [LoggerMessage(453, LogLevel.Error, "The key file of client {Client} can't be used, and its key before stays: {File}: {Problem}.")]
    public static partial void KeyUnreadable(PlainLogger logger, string client, string file, string problem);

    [LoggerMessage(454, LogLevel.Warning, "A request of {Who} was turned away and not executed: {Reason}")]
    public static partial void TurnedAway(StrangersLog logger, string who, string reason);

    [LoggerMessage(455, LogLevel.Warning, "Orders are taken from everybody who reaches {Address}, and that is not only this machine. Bind "
        + "to loopback behind a proxy (Urls), or let clients show a key (Ppv:Access:Clients).")]
    public static partial void OpenToAll(PlainLogger logger, string address);
}
