namespace Ppv.Hosting.Board.State;

/// <summary>What a line does: in JSON in lower case.</summary>
internal enum BoardLineState
{
    /// <summary>Anybody may have it.</summary>
    Free,

    /// <summary>It belongs to a call, and no command is under way.</summary>
    Leased,

    /// <summary>A command is under way on it.</summary>
    Busy,

    /// <summary>A command is under way, and others wait.</summary>
    Waiting,

    /// <summary>A command was not answered, and nobody gets it for a while.</summary>
    Resting,
}
