namespace Ppv.Hosting;

/// <summary>How a command that was granted a line ended.</summary>
internal enum CommandEnd
{
    /// <summary>Wizard answered, whatever it said.</summary>
    Answered,

    /// <summary>Not a byte was handed to the network.</summary>
    NotSent,

    /// <summary>It may have been sent, and was not answered.</summary>
    MaybeSent,
}
