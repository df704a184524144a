namespace Ppv.Rpc.Presence;

/// <summary>Where a server stands among those of its queue. Texts, because other versions may know more of them.</summary>
internal static class PresencePlace
{
    /// <summary>It works on the queue, alone.</summary>
    public const string Leader = "leader";

    /// <summary>It leads, and finds out what it may still believe before its first request.</summary>
    public const string TakingOver = "taking over";

    /// <summary>It works on the queue, as others may.</summary>
    public const string Shared = "shared";

    /// <summary>It finishes what it has begun, and takes nothing more.</summary>
    public const string Leaving = "leaving";

    /// <summary>
    /// The queue itself gives its requests to one server at a time (<c>x-single-active-consumer</c>) and has given this one none yet: it
    /// leads or stands by, and the broker tells nobody which.
    /// </summary>
    public const string Candidate = "candidate";

    /// <summary>Another server leads.</summary>
    public const string Standby = "standby";

    /// <summary>It is about to consume the queue.</summary>
    public const string Starting = "starting";

    /// <summary>An operator has closed its intake.</summary>
    public const string Paused = "paused";

    private static readonly string?[] ByActivity = [Leader, TakingOver, Shared, Leaving, Candidate, Standby, Starting, Paused];

    /// <summary>Whether requests are taken there, now or as soon as the first one comes.</summary>
    public static bool Serves(string? place) => place is Leader or TakingOver or Shared or Candidate;

    /// <summary>The one that says more, of two that an instance has on two brokers.</summary>
    public static string? MoreActive(string? one, string? other) => Rank(one) <= Rank(other) ? one : other;

    private static int Rank(string? place) => Array.IndexOf(ByActivity, place) is >= 0 and var rank ? rank : ByActivity.Length;
}

/// <summary>How an instance stands with one of its brokers.</summary>
/// <param name="Place">Of a server, one of <see cref="PresencePlace"/>.</param>
/// <param name="Status">Whether it can do its work.</param>
internal readonly record struct PresenceState(string? Place, ConnectionStatus Status);
