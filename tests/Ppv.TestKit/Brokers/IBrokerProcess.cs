namespace Ppv.TestKit;

/// <summary>How a node is run: by <c>eng/broker.sh</c> or in a container.</summary>
internal interface IBrokerProcess : IAsyncDisposable
{
    /// <summary>Starts it, or starts it again on the same port, and waits until it is ready.</summary>
    Task<BrokerAddress> StartAsync();

    /// <summary>Ends it in good order.</summary>
    Task StopAsync();

    /// <summary>Ends it at once, as a crash would.</summary>
    Task KillAsync();

    /// <summary>Stops it where it stands: connections stay open, nothing is answered. It can still be stopped and killed.</summary>
    Task FreezeAsync();

    /// <summary>Lets it go on.</summary>
    Task ThawAsync();

    /// <summary>Runs <c>rabbitmqctl</c> on it and gives what it printed.</summary>
    Task<string> ControlAsync(params string[] arguments);
}
