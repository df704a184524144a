namespace Ppv.Rpc.Serving;

/// <summary>What the server that left a note was doing.</summary>
internal enum PlaceNoteState
{
    /// <summary>It served.</summary>
    Active,

    /// <summary>It took no more requests, and finished those that it had begun.</summary>
    Leaving,

    /// <summary>It was done, and begins nothing any more.</summary>
    Left,
}
