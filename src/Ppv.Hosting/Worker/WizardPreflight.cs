using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Ppv.Hosting.Preflight;
using Ppv.Protocol;
using Ppv.Protocol.Network;

namespace Ppv.Hosting.Worker;

/// <summary>
/// Whether Wizard's port accepts connections: one is opened and closed, as when an old worker gives up, and not a byte is sent. What Wizard
/// would answer nobody can find out without a command, and a command is somebody's order.
/// </summary>
internal sealed class WizardPreflight(IOptions<PpvServerOptions> options, TimeProvider timeProvider) : IPreflightCheck
{
    public async Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellationToken)
    {
        var wizard = options.Value.Wizard;
        using var limit = new CancellationTokenSource(wizard.ConnectTimeout, timeProvider);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var socket = await SideBySideDialer.DialAsync(
                wizard.Host, wizard.Port, timeProvider, end.Token).ConfigureAwait(false);
            return [Finding.Ok(FormattableString.Invariant(
                $"Wizard at {wizard.Host}:{wizard.Port} accepts connections. Nothing was sent to it."))];
        }
        catch (SocketException e)
        {
            return [Unreachable(wizard, e.Message.TrimEnd('.'))];
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return [Unreachable(wizard, FormattableString.Invariant($"no answer within {wizard.ConnectTimeout.TotalSeconds:0.###} s"))];
        }
    }

    private static Finding Unreachable(WizardOptions wizard, string reason) => Finding.Bad(FormattableString.Invariant(
        $"Wizard at {wizard.Host}:{wizard.Port} can't be reached: {reason}. Check that it runs, Ppv:Wizard:Host and Ppv:Wizard:Port."));
}
