namespace Ppv.Samples.Cli.Routes;

/// <summary>A part of the way, with the time that it took.</summary>
/// <param name="Name">What was done, in a word or two.</param>
/// <param name="Start">When it began, by the <see cref="RouteClock"/>.</param>
/// <param name="End">When it was over.</param>
internal readonly record struct Hop(string Name, DateTimeOffset Start, DateTimeOffset End)
{
    public TimeSpan Duration => End - Start;
}
