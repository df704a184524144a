namespace Ppv.Hosting.Board.State;

/// <summary>The program that serves the board.</summary>
/// <param name="Name">Its name, such as <c>Worker</c>.</param>
/// <param name="Machine">The machine's name.</param>
/// <param name="Version">The version of <c>Ppv.Hosting</c>.</param>
/// <param name="StartedAt">When it started.</param>
internal sealed record BoardProgram(string Name, string Machine, string Version, DateTimeOffset StartedAt);
