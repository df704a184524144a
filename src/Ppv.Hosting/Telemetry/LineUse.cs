namespace Ppv.Hosting.Telemetry;

/// <summary>How many of a worker's lines are in use.</summary>
/// <param name="Busy">Those with a command under way.</param>
/// <param name="Leased">Those that belong to a call, by the owners of the calls; "" is nobody in particular, and always there.</param>
/// <param name="Limit">All that there are.</param>
internal readonly record struct LineUse(int Busy, IReadOnlyDictionary<string, int> Leased, int Limit);
