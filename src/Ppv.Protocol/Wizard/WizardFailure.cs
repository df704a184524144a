namespace Ppv.Protocol;

/// <summary>Whether Wizard may have a command that was not answered.</summary>
public enum WizardFailure
{
    /// <summary>Not a byte of the command was handed to the network: it was not executed, and sending it again is safe.</summary>
    NotSent,

    /// <summary>At least one byte was handed to the network: it may have been executed. A confirm must not be sent again.</summary>
    MaybeSent,
}
