namespace Ppv.Hosting;

/// <summary>One of Wizard's lines.</summary>
/// <param name="Number">Its number, 1 to 999.</param>
/// <param name="State">What it does.</param>
/// <param name="Since">Since when it has done so; <see langword="null"/> when it did nothing yet.</param>
/// <param name="Call">The connection id of the call that has it.</param>
/// <param name="Waiting">How many orders wait for it.</param>
/// <param name="LastCode">What was answered last on it.</param>
/// <param name="LastAt">When.</param>
/// <param name="Event">Whether the call's EV was answered OK.</param>
/// <param name="Subscriber">Whether its EN was.</param>
/// <param name="Confirm">Whether its UP was.</param>
/// <param name="CallSince">
/// Since when the call has the line, as far as this process knows: of calls from before a restart, since that;
/// <see langword="null"/> where no call has it.
/// </param>
internal sealed record BoardLine(
    int Number,
    BoardLineState State,
    DateTimeOffset? Since,
    string? Call,
    int Waiting,
    string? LastCode,
    DateTimeOffset? LastAt,
    bool Event,
    bool Subscriber,
    bool Confirm,
    DateTimeOffset? CallSince = null);

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

/// <summary>What passed on one line: the JSON of <c>/board/lines/{number}</c>, the newest first.</summary>
/// <param name="Number">The line.</param>
/// <param name="Exchanges">The last ones, at most 20.</param>
internal sealed record BoardLineDetails(int Number, IReadOnlyList<BoardExchange> Exchanges);

/// <summary>A command and what became of it.</summary>
/// <param name="At">When it was sent.</param>
/// <param name="Call">The call.</param>
/// <param name="OrderId">The order.</param>
/// <param name="Command">The command, with a subscriber's number masked: <c>EN=85****20</c>.</param>
/// <param name="Outcome"><c>Completed</c>, <c>NotExecuted</c> or <c>Unknown</c>.</param>
/// <param name="Code">What was answered.</param>
/// <param name="Milliseconds">How long it took.</param>
internal sealed record BoardExchange(
    DateTimeOffset At, string Call, string OrderId, string Command, string Outcome, string? Code, double Milliseconds);
