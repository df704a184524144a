namespace Ppv.Benchmarks.Scale;

/// <summary>Something that goes wrong for a time. Immutable.</summary>
/// <param name="Kind">What.</param>
/// <param name="Sites">Whom it concerns.</param>
/// <param name="From">Since when.</param>
/// <param name="Length">For how long; of a worker that is killed: until the next one runs.</param>
/// <param name="Amount">Of a line that is dead: its number; of a slow Wizard: how much longer it takes.</param>
internal sealed record Trouble(TroubleKind Kind, Range Sites, TimeSpan From, TimeSpan Length, int Amount = 0)
{
    public TimeSpan To => From + Length;

    public bool Concerns(int site) => site >= Sites.Start.Value && site < Sites.End.Value;

    public bool IsOn(TimeSpan time) => time >= From && time < To;
}

/// <summary>What goes wrong.</summary>
internal enum TroubleKind
{
    /// <summary>The worker is killed, and a standby with a journal of its own takes over.</summary>
    WorkerToStandby,

    /// <summary>The worker is killed, and is started again with its journal.</summary>
    WorkerRestart,

    /// <summary>A broker host is killed: its connections break at once.</summary>
    HostKilled,

    /// <summary>A broker host is frozen: its connections say nothing any more.</summary>
    HostFrozen,

    /// <summary>One of Wizard's lines takes commands and answers none.</summary>
    LineDead,

    /// <summary>Wizard takes longer.</summary>
    WizardSlow,

    /// <summary>Nobody can connect to Wizard.</summary>
    WizardOutage,

    /// <summary>Gateway, worker and Wizard of a site are gone; the next three sites get its calls.</summary>
    SiteLost,
}
