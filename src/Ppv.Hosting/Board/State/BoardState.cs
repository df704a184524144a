using Ppv.Hosting.Figures;

namespace Ppv.Hosting.Board.State;

/// <summary>
/// What the line board shows, as a whole: the JSON of <c>/board/state</c>, and of each event of <c>/board/events</c>. Times are UTC,
/// durations in the unit that their name ends with. What this program can't know is <see langword="null"/>, or an empty list.
/// </summary>
/// <param name="Program">Which program says so.</param>
/// <param name="At">When this was true.</param>
/// <param name="Verdict">All in all.</param>
/// <param name="Path">The hops of an order's way, in its order: gateway, broker, worker, wizard.</param>
/// <param name="Lines">Wizard's lines; empty where there is no worker in this program.</param>
/// <param name="Brokers">A connection to the brokers, for each that this program keeps.</param>
/// <param name="Members">The gateways and workers on the bus, this program among them; those that are gone too, for a while.</param>
/// <param name="Codes">How often each code was answered.</param>
/// <param name="Unknowns">Confirms whose outcome is unknown and that nobody has settled.</param>
/// <param name="Warnings">The latest warnings and errors of the log, the newest first.</param>
/// <param name="IsComplete">Whether all that has to be asked for is there: not so in the first second in which somebody looks.</param>
/// <param name="LeftOut">What is not in the figures although it was told, as a sentence.</param>
internal sealed record BoardState(
    BoardProgram Program,
    DateTimeOffset At,
    BoardVerdict Verdict,
    IReadOnlyList<BoardHop> Path,
    IReadOnlyList<BoardLine> Lines,
    IReadOnlyList<BoardConnection> Brokers,
    IReadOnlyList<BoardMember> Members,
    IReadOnlyList<BoardCodes> Codes,
    BoardUnknowns Unknowns,
    IReadOnlyList<BoardWarning> Warnings,
    bool IsComplete = true,
    string? LeftOut = null);
