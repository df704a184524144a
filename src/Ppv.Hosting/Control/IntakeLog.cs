using Microsoft.Extensions.Logging;
using Ppv.Protocol.Text;

namespace Ppv.Hosting.Control;

internal static partial class IntakeLog
{
    [LoggerMessage(
        550, LogLevel.Warning, "An operator has closed the intake of the {Name}: it takes no orders, and {UnderWay} are under way.")]
    public static partial void Closed(PlainLogger logger, string name, int underWay);

    [LoggerMessage(551, LogLevel.Warning, "An operator has opened the intake of the {Name} again.")]
    public static partial void Opened(PlainLogger logger, string name);

    [LoggerMessage(552, LogLevel.Information, "The {Name} is empty: nothing is under way.")]
    public static partial void IsEmpty(PlainLogger logger, string name);
}
