namespace Ppv.Rpc.Messages;

/// <summary>What a request is turned away for when as many wait for an answer as may.</summary>
internal enum RequestRank : byte
{
    /// <summary>It belongs to a call that is known to be in progress, or to nothing that could be.</summary>
    GoesOn,

    /// <summary>It says that its call is in progress, which may have begun at another gateway, or nowhere.</summary>
    MayGoOn,

    /// <summary>It begins something, or asks.</summary>
    Begins,
}
