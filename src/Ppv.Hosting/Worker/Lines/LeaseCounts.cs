namespace Ppv.Hosting.Worker.Lines;

/// <summary>How the lines stand.</summary>
/// <param name="Busy">Lines on which a command runs.</param>
/// <param name="Leased">Lines that a call holds, those of <paramref name="Busy"/> among them.</param>
/// <param name="Resting">Lines that nobody gets because a command on them was not answered.</param>
/// <param name="Waiting">Calls that wait for a line.</param>
internal readonly record struct LeaseCounts(int Busy, int Leased, int Resting, int Waiting);
