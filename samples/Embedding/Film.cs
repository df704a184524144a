namespace Ppv.Samples.Embedding;

/// <summary>Something that is sold.</summary>
public sealed class Film
{
    /// <summary>The number of the event.</summary>
    public string Event { get; set; } = "";

    /// <summary>What customers call it.</summary>
    public string Title { get; set; } = "";
}
