namespace Ppv.Hosting.Figures;

/// <summary>A code.</summary>
/// <param name="Code">As it stands in <c>callresult</c>.</param>
/// <param name="Count">How often it was answered.</param>
internal sealed record BoardCode(string Code, long Count);
