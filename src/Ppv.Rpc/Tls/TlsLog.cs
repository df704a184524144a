using Microsoft.Extensions.Logging;
using Ppv.Protocol.Text;

namespace Ppv.Rpc.Tls;

/// <summary>Event ids 1350 to 1359.</summary>
internal static partial class TlsLog
{
    [LoggerMessage(1350, LogLevel.Warning, "Ppv:Broker:Tls:CheckHostName is false: whoever has a certificate of a trusted issuer can pass "
        + "for the broker. Give each host's entry in Ppv:Broker:Hosts the name of its certificate instead "
        + "(amqps://HOST?server_name_indication=NAME).")]
    public static partial void NameIsNotChecked(PlainLogger logger);

    [LoggerMessage(1351, LogLevel.Error, "{Problem} Until then what was read before is used to connect to the broker.")]
    public static partial void FileUnusable(PlainLogger logger, string problem);

    [LoggerMessage(1352, LogLevel.Information, "The files in Ppv:Broker:Tls can be used again.")]
    public static partial void FilesUsableAgain(PlainLogger logger);
}
