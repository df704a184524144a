namespace Ppv.Rpc.Messages;

/// <summary>What a server has on record under a request's id.</summary>
internal enum PriorUse
{
    /// <summary>Nothing, or nothing that it speaks of.</summary>
    None,

    /// <summary>The same request: the answer is that one's.</summary>
    Same,

    /// <summary>Another request: this one is refused.</summary>
    Other,
}
