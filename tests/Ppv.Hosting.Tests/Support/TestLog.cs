using Microsoft.Extensions.Logging;

namespace Ppv.Hosting.Tests;

internal static partial class TestLog
{
    [LoggerMessage(42, LogLevel.Information, "Wizard line number {Line} said {Text}")]
    public static partial void Said(this ILogger logger, int line, string text);

    [LoggerMessage(0, LogLevel.Warning, "{Text}")]
    public static partial void Warn(this ILogger logger, string text);

    [LoggerMessage(7, LogLevel.Critical, "The end")]
    public static partial void TheEnd(this ILogger logger, Exception exception);
}
