using Ppv.Hosting.Telemetry;
using Ppv.Protocol;

namespace Ppv.Hosting.Worker.Lines;

/// <summary>Gives out Wizard's lines, each to one command at a time. Safe for use by several threads.</summary>
internal interface ILineAllocator
{
    /// <summary>How many lines are in use now.</summary>
    LineUse Use { get; }

    /// <summary>How each line stands now, in the order of their numbers: a copy.</summary>
    IReadOnlyList<LineStatus> Lines { get; }

    /// <summary>Asks for the right to run one command on the call's line now.</summary>
    /// <param name="order">What is to be sent.</param>
    /// <param name="deadline">How long to wait for the line.</param>
    /// <param name="cancellationToken">Ends the wait; no line is held then.</param>
    /// <param name="onTakesAway">
    /// Called before this returns, at most once, when the order is an EV or EN that takes away what its call has named, or may have named
    /// by its turn, or has confirmed: see <see cref="LeaseTable.TakesAway"/>.
    /// </param>
    /// <returns>The verdict. To be disposed of when the command has ended, whatever the verdict.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled before the verdict.</exception>
    ValueTask<LineAccess> AcquireAsync(
        PpvOrder order, DateTimeOffset deadline, CancellationToken cancellationToken, Action? onTakesAway = null);

    /// <summary>
    /// Says how the caller of an EV or EN is told that it ended, which did not ask for a line: see <see cref="LeaseTable.Told"/>.
    /// </summary>
    /// <param name="order">The EV or EN; a confirm is passed over.</param>
    /// <param name="isOk">Whether he is told OK.</param>
    /// <returns>Whether the call has lost what it had named before, or may lose it.</returns>
    bool Told(PpvOrder order, bool isOk);
}
