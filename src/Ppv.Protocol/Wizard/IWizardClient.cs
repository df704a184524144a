namespace Ppv.Protocol;

/// <summary>Speaks with Wizard: one command on one line, and its answer.</summary>
/// <remarks>
/// Safe for use by several threads. It does not keep callers of one line apart: Wizard remembers event and subscriber per
/// line, so one line must serve one call at a time (contract §3).
/// </remarks>
public interface IWizardClient : IAsyncDisposable
{
    /// <summary>Sends a command and waits for its answer.</summary>
    /// <param name="request">The line, the command, and until when it may be started.</param>
    /// <param name="cancellationToken">
    /// Gives up before anything was sent. Once the first byte is on its way the call goes on, to learn the truth, until the answer is here
    /// or <see cref="WizardOptions.ResponseTimeout"/> has passed.
    /// </param>
    /// <exception cref="WizardException">
    /// There is no answer; <see cref="WizardException.Failure"/> says whether Wizard may have the command.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled before anything was sent.</exception>
    Task<WizardReply> SendAsync(WizardRequest request, CancellationToken cancellationToken = default);
}
