namespace Ppv.Hosting.Worker.Lines;

/// <summary>How a command that was granted a line ended.</summary>
internal enum CommandEnd
{
    /// <summary>Wizard answered, whatever it said.</summary>
    Answered,

    /// <summary>Not a byte was handed to the network.</summary>
    NotSent,

    /// <summary>As <see cref="NotSent"/>, because this worker could not do its part.</summary>
    Refused,

    /// <summary>It may have been sent, and was not answered.</summary>
    MaybeSent,

    /// <summary>Nothing was handed to the network here, and it may have been elsewhere.</summary>
    Withheld,
}
