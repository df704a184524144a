using Ppv.Rpc;

namespace Ppv.Hosting;

/// <summary>What a caller is told of an order.</summary>
/// <param name="Code">Wizard's text, or a code of ours.</param>
/// <param name="Outcome">What is known.</param>
/// <param name="Reason">Why it is not completed; <see langword="null"/> when it is.</param>
internal sealed record OrderAnswer(string Code, PpvOutcome Outcome, string? Reason);
