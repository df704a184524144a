namespace Ppv.Hosting.Board.State;

/// <summary>How bad it is: in JSON <c>ok</c>, <c>degraded</c>, <c>down</c>.</summary>
internal enum BoardLevel
{
    /// <summary>Orders pass as they should.</summary>
    Ok,

    /// <summary>Orders pass, but not as they should, or something waits for a person.</summary>
    Degraded,

    /// <summary>Orders don't pass.</summary>
    Down,
}
