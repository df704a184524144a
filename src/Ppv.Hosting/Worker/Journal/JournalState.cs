namespace Ppv.Hosting;

/// <summary>
/// How far an order got. What Wizard did, or may have done, is never replaced by less: the refusal of a repeat changes nothing about the
/// order.
/// </summary>
public enum JournalState
{
    /// <summary>The worker took it from the queue. A confirm in this state was never written to Wizard.</summary>
    Received,

    /// <summary>
    /// A confirm that may be on its way to Wizard in this process. When the journal is opened, those of a process that ended become
    /// <see cref="Unknown"/>.
    /// </summary>
    Intent,

    /// <summary>Wizard was asked, or may have been, and it is not known what it did.</summary>
    Unknown,

    /// <summary>Wizard answered: <see cref="JournalEntry.Code"/> is its text. Final.</summary>
    Completed,

    /// <summary>
    /// It is proven that Wizard was not asked: <see cref="JournalEntry.Reason"/> says why. Final for a confirm; a repeated EV or EN may
    /// still be completed.
    /// </summary>
    NotExecuted,

    /// <summary>It was <see cref="Unknown"/>; an operator found that the purchase was made. Final.</summary>
    SettledBought,

    /// <summary>It was <see cref="Unknown"/>; an operator found that there is no purchase. Final.</summary>
    SettledNotBought,
}
