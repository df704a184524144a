namespace Ppv.Samples.Cli.Output;

/// <summary>Nobody takes what is printed any more.</summary>
/// <param name="reason">Why, of a disk that is full and the like; <see langword="null"/> of a reader that has ended.</param>
internal sealed class OutputGoneException(string? reason) : Exception(reason ?? "Nobody reads the output any more.")
{
    public string? Reason => reason;
}
