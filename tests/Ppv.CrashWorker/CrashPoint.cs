namespace Ppv.CrashWorker;

/// <summary>A step of a confirm at which the worker process is killed, in the order in which they come.</summary>
public enum CrashPoint
{
    /// <summary>The journal was not yet told that the confirm is going to be sent.</summary>
    BeforeIntent,

    /// <summary>The intent is on disk; Wizard was not yet asked.</summary>
    AfterIntent,

    /// <summary>
    /// Wizard has the whole UP and has not answered. Only Wizard knows this moment, so the test that plays Wizard does the killing.
    /// </summary>
    AfterFlush,

    /// <summary>Wizard's answer was read; nothing of it is in the journal.</summary>
    AfterAnswer,

    /// <summary>The result is on disk; no reply was published.</summary>
    AfterResult,

    /// <summary>The broker has the reply; the order is not acknowledged.</summary>
    BeforeAcknowledgement,

    /// <summary>The broker has the reply and the acknowledgement.</summary>
    AfterReply,
}
