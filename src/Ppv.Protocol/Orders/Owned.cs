namespace Ppv.Protocol.Orders;

/// <summary>
/// What belongs to one caller, where callers are known: its own text, <c>~</c>, and the caller's name. So one caller's ids and calls never
/// meet another one's, wherever they are kept, compared or asked for. No caller's name has the mark in it, so the last one tells.
/// </summary>
internal static class Owned
{
    public const char Mark = '~';

    public static string Id(string id, string owner) => $"{id}{Mark}{owner}";

    /// <summary>What stands before the last mark: the id as it was while nobody was known; <see langword="null"/> without one.</summary>
    public static string? Before(string id) => id.LastIndexOf(Mark) is > 0 and var mark ? id[..mark] : null;

    /// <summary>An id with its owner as owners are kept, in lower case; for people who write the name as they know it.</summary>
    public static string WithLowerOwner(string id) => id.LastIndexOf(Mark) is var mark and > 0
        ? $"{id[..mark]}{id[mark..].ToLowerInvariant()}"
        : id;

    /// <summary>The caller's own text of an id that belongs to it.</summary>
    public static string BareId(string id, string owner) =>
        id.Length > owner.Length + 1 && id[^(owner.Length + 1)] == Mark && id.EndsWith(owner, StringComparison.Ordinal)
            ? id[..^(owner.Length + 1)]
            : id;
}
