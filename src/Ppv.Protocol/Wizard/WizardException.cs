namespace Ppv.Protocol;

/// <summary>Wizard did not answer a command, or not with something that can be understood.</summary>
public sealed class WizardException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="failure">Whether Wizard may have the command.</param>
    /// <param name="message">What happened and what to look at, as a full sentence.</param>
    /// <param name="innerException">What the network said, if anything.</param>
    public WizardException(WizardFailure failure, string message, Exception? innerException = null)
        : base(message, innerException) => Failure = failure;

    /// <summary>Whether Wizard may have the command.</summary>
    public WizardFailure Failure { get; }
}
