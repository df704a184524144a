namespace Ppv.Samples.Embedding;

/// <summary>What a customer's browser is told.</summary>
/// <param name="Cart">The name of the cart.</param>
/// <param name="State">What became of it: <c>bought</c>, <c>refused</c>, <c>notBought</c> or <c>unknown</c>.</param>
/// <param name="Code">What the billing system said when it refused.</param>
/// <param name="Message">The same for a person.</param>
public sealed record PurchaseAnswer(string Cart, string State, string? Code, string Message);
