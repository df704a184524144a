namespace Ppv.Rpc.Messages;

/// <summary>What a request can be a part of: a text that fits into a header, a record and a line of a log. Pure.</summary>
internal static class SubjectText
{
    private const int MaxLength = 128;

    /// <exception cref="ArgumentException">It is no such text.</exception>
    public static string? Checked(string? text) => text is null || IsValid(text)
        ? text
        : throw new ArgumentException($"A subject has 1 to {MaxLength} printable ASCII characters and no spaces.", nameof(text));

    public static bool IsValid(ReadOnlySpan<char> text) => text.Length is > 0 and <= MaxLength && !text.ContainsAnyExceptInRange('!', '~');
}
