namespace Ppv.Samples.Embedding;

/// <summary>Somebody who may buy.</summary>
public sealed class Customer
{
    /// <summary>What he shows to sign in. A shop of your own keeps hashes, or leaves it to an identity provider.</summary>
    public string Password { get; set; } = "";

    /// <summary>The number under which he pays. It never comes from the browser.</summary>
    public string Subscriber { get; set; } = "";
}
