using Microsoft.Extensions.Logging;
using Ppv.Protocol.Text;
using Ppv.Rpc.Diagnostics;

namespace Ppv.Hosting.Board.Streaming;

/// <summary>Event ids 850 to 879.</summary>
internal static partial class BoardLog
{
    [LoggerMessage(850, LogLevel.Error, "The line board could not be made; who watched it was sent away, and may come again. Orders are "
        + "not concerned.")]
    public static partial void Failed(PlainLogger logger, Exception exception);

    [LoggerMessage(851, LogLevel.Information, "A request for the line board from {Address} was refused. {Reason}")]
    public static partial void Refused(StrangersLog logger, string address, string reason);

    [LoggerMessage(852, LogLevel.Information, "The line board at {Address} took nothing for {Seconds} s and was sent away.")]
    public static partial void TooSlow(StrangersLog logger, string address, double seconds);
}
