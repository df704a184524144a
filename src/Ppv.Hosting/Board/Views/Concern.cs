using Ppv.Hosting.Board.State;
using Ppv.Hosting.Figures;

namespace Ppv.Hosting.Board.Views;

/// <summary>Something that is not as it should be.</summary>
/// <param name="Hop">The hop that it concerns: one of <see cref="HopNames"/>.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="Text">What it is, as a sentence.</param>
internal sealed record Concern(string Hop, BoardLevel Level, string Text);
