using Ppv.Protocol.Text;

namespace Ppv.Protocol;

/// <summary>Wizard did not answer a command, or not with something that can be understood.</summary>
public sealed class WizardException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="failure">Whether Wizard may have the command.</param>
    /// <param name="message">What happened and what to look at, as a full sentence.</param>
    /// <param name="innerException">What the network said, if anything.</param>
    public WizardException(WizardFailure failure, string message, Exception? innerException = null)
        : this(failure, failure == WizardFailure.NotSent
            ? Reason.Of("Wizard could not be asked; nothing was sent. The worker's log says why.", message)
            : Reason.Of("Wizard may have executed the command, and did not answer. The worker's log says why.", message), innerException)
    {
    }

    internal WizardException(WizardFailure failure, Reason reason, Exception? innerException = null)
        : base(reason.Logged, innerException) => (Failure, Reason) = (failure, reason);

    /// <summary>Whether Wizard may have the command.</summary>
    public WizardFailure Failure { get; }

    /// <summary>What a caller is told of it, who must not learn where Wizard is.</summary>
    internal Reason Reason { get; }
}
