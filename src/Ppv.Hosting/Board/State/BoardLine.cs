namespace Ppv.Hosting.Board.State;

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
