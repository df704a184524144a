namespace Ppv.Samples.Embedding;

/// <summary>What a customer shows to sign in.</summary>
/// <param name="Name">The customer's name.</param>
/// <param name="Password">His password.</param>
public sealed record Credentials(string? Name, string? Password);
