namespace Ppv.Testing;

/// <summary>What became of a request. Immutable.</summary>
/// <param name="Request">The request.</param>
/// <param name="Bytes">The exact bytes sent; empty when there was no answer.</param>
/// <param name="Purchase">What was booked; <see langword="null"/> when nothing was.</param>
public sealed record WizardSimulatorAnswer(WizardSimulatorRequest Request, ReadOnlyMemory<byte> Bytes, WizardPurchase? Purchase);
