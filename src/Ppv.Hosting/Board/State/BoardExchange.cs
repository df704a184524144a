namespace Ppv.Hosting.Board.State;

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
