namespace Ppv.Rpc.Serving;

/// <summary>What a server knows of its earlier places on a queue. For one session at a time.</summary>
internal sealed class PlaceHistory
{
    /// <summary>Whether it was entered since the process started.</summary>
    public bool HasEntered { get; set; }

    /// <summary>The last place in which requests were begun.</summary>
    public ServingPlace? Last { get; set; }

    /// <summary>Since when nobody else has served, as far as known: <see cref="PlaceNote.Since"/>.</summary>
    public TimeAlone? Alone { get; set; }

    /// <summary>The moment of the acquisition from which a grace is counted that somebody who came before is owed; kept, for entering may fail and be tried again.</summary>
    public long? GraceFrom { get; set; }
}
