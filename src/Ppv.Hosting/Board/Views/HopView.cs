using Ppv.Hosting.Board.State;
using Ppv.Hosting.Figures;

namespace Ppv.Hosting.Board.Views;

/// <summary>A hop, not judged yet.</summary>
/// <param name="Name">One of <see cref="HopNames"/>.</param>
/// <param name="Description">What it is, as a sentence.</param>
/// <param name="IsKnown">Whether there are figures of it.</param>
/// <param name="Minute">The last minute.</param>
/// <param name="Span">How long that is in truth.</param>
/// <param name="Series">The steps of the last minutes.</param>
internal sealed record HopView(string Name, string Description, bool IsKnown, Tally Minute, TimeSpan Span, BoardSeries Series);
