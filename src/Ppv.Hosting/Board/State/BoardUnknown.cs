namespace Ppv.Hosting.Board.State;

/// <summary>A confirm whose outcome is unknown.</summary>
/// <param name="OrderId">The order: <c>ppv journal settle</c> takes it.</param>
/// <param name="Call">The call.</param>
/// <param name="Line">Wizard's line, where it got one.</param>
/// <param name="ReceivedAt">When the worker took it.</param>
/// <param name="Reason">Why it is not known, as a sentence.</param>
internal sealed record BoardUnknown(string OrderId, string Call, int? Line, DateTimeOffset ReceivedAt, string? Reason);
