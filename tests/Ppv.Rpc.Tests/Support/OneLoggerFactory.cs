using Microsoft.Extensions.Logging;

namespace Ppv.Rpc.Tests.Support;

/// <summary>Has everything logged by one logger.</summary>
internal sealed class OneLoggerFactory(ILogger log) : ILoggerFactory
{
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public ILogger CreateLogger(string categoryName) => log;

    public void Dispose()
    {
    }
}
