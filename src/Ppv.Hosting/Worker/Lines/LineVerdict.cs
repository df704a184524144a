namespace Ppv.Hosting.Worker.Lines;

/// <summary>What is to be done with a command that asked for a line.</summary>
internal enum LineVerdict
{
    /// <summary>Send it: the line is this command's until its end is reported.</summary>
    Granted,

    /// <summary>The deadline came before a line. Nothing was sent.</summary>
    TooLate,

    /// <summary>As many wait as may. Nothing was sent.</summary>
    NoRoom,

    /// <summary>
    /// The deadline came while another confirm of the same lease was under way, which may still buy: the outcome is unknown.
    /// </summary>
    ConfirmPending,

    /// <summary>The lease's confirm was answered already: the answer is in <see cref="Lease.Answer"/>.</summary>
    ConfirmAnswered,

    /// <summary>The lease's confirm was sent and not answered: whether it bought is unknown, and it is not sent again.</summary>
    ConfirmUnknown,

    /// <summary>The confirm lacks <see cref="LineDecision.Missing"/>. Nothing was sent.</summary>
    ConfirmRefused,

    /// <summary>There is no connid, and no line for such orders. Nothing was sent.</summary>
    NoLine,
}
