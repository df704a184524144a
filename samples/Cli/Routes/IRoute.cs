using Ppv.Protocol;
using Ppv.Samples.Cli.Running;

namespace Ppv.Samples.Cli.Routes;

/// <summary>
/// A way on which orders go to Wizard: through a gateway, through the broker, or straight. Safe for use by several threads.
/// </summary>
internal interface IRoute : IAsyncDisposable
{
    /// <summary>Where it leads, such as <c>the gateway at http://localhost:8070/api/v1/ppv</c>; without passwords.</summary>
    string Description { get; }

    /// <summary>What somebody who buys on it must know, as full sentences; <see langword="null"/> when there is nothing.</summary>
    string? Warning { get; }

    /// <summary>Finds out how calls get their lines there. Nothing is sent to a worker of the old kind, nor to Wizard.</summary>
    /// <exception cref="CliException">Nobody is there: <see cref="ExitCodes.Unreachable"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<RouteLines> LinesAsync(CancellationToken cancellationToken);

    /// <summary>Opens the connection that the first order will use, so that its time is its own.</summary>
    /// <returns>How long that took; empty where each order has a connection of its own.</returns>
    /// <exception cref="CliException">Nobody is there: <see cref="ExitCodes.Unreachable"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<IReadOnlyList<Hop>> ConnectAsync(CancellationToken cancellationToken);

    /// <summary>What is sent for an order, for a person to read.</summary>
    string Show(PpvOrder order);

    /// <summary>Sends an order and waits for its answer, no longer than the time-out of the route.</summary>
    /// <returns>What came of it; a failure is an answer too.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; what was sent may be executed.</exception>
    Task<RouteAnswer> SendAsync(PpvOrder order, CancellationToken cancellationToken);
}
