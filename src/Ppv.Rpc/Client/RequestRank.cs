namespace Ppv.Rpc.Client;

/// <summary>What a request is turned away for when many wait: see <see cref="PendingRoom"/>.</summary>
internal enum RequestRank : byte
{
    /// <summary>It belongs to a call that is known to be in progress, or to nothing that could be.</summary>
    GoesOn,

    /// <summary>It says that its call is in progress, which may have begun at another gateway, or nowhere.</summary>
    MayGoOn,

    /// <summary>It begins something, or asks.</summary>
    Begins,
}
