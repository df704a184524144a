using Ppv.Hosting;
using Ppv.Hosting.Board.State;

namespace Ppv.Samples.Cli.Watch;

/// <summary>What was heard of a line board.</summary>
/// <param name="State">What it shows; <see langword="null"/> when nothing is heard of it any more.</param>
/// <param name="Problem">Why not, as a sentence.</param>
internal sealed record BoardNews(BoardState? State, string? Problem = null);
