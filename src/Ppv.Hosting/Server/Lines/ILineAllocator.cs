using Ppv.Protocol;

namespace Ppv.Hosting;

/// <summary>Gives out Wizard's lines, each to one command at a time. Safe for use by several threads.</summary>
internal interface ILineAllocator
{
    /// <summary>Asks for the right to run one command on the call's line now.</summary>
    /// <param name="call">The call; <see langword="null"/> for an order without connid.</param>
    /// <param name="command">What is to be sent.</param>
    /// <param name="deadline">How long to wait for the line.</param>
    /// <param name="cancellationToken">Ends the wait; no line is held then.</param>
    /// <returns>The verdict. To be disposed of when the command has ended, whatever the verdict.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled before the verdict.</exception>
    ValueTask<LineTurn> EnterAsync(ConnectionId? call, PpvCommandKind command, DateTimeOffset deadline, CancellationToken cancellationToken);
}
