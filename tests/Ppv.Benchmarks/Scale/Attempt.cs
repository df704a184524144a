using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Benchmarks.Scale;

/// <summary>
/// One call from EV to confirm, and what is known of it on both sides. Its event and its subscriber are its own, so that Wizard's memory
/// says whose they are.
/// </summary>
internal sealed class Attempt(string key, ConnectionId call)
{
    public string Key => key;

    public ConnectionId Call => call;

    public string Subscriber { get; } = key + "s";

    public string ConfirmId { get; } = key + ".UP";

    /// <summary>When its EV was placed.</summary>
    public TimeSpan PlacedAt { get; set; }

    /// <summary>How often Wizard has booked it.</summary>
    public int Purchases { get; set; }

    /// <summary>Whether its confirm was placed.</summary>
    public bool IsConfirming { get; set; }

    /// <summary>What its confirm was told.</summary>
    public RpcOutcome? Told { get; set; }

    public bool IsRefused { get; set; }
}

/// <summary>How a caller's wish ended.</summary>
internal enum CallEnd
{
    Bought,

    /// <summary>Wizard refused.</summary>
    Refused,

    /// <summary>The caller hung up.</summary>
    HungUp,

    /// <summary>No order of the last attempt was executed that should have been; nothing was bought.</summary>
    Rejected,

    /// <summary>The confirm's outcome is unknown.</summary>
    Unknown,
}

/// <summary>A caller, from the first attempt's beginning to the last one's end.</summary>
internal readonly record struct CallRecord(TimeSpan Begun, TimeSpan Ended, CallEnd End, int Attempts)
{
    /// <summary>Whether more than the caller's patience was needed.</summary>
    public bool IsDisturbed => End is CallEnd.Rejected or CallEnd.Unknown || Attempts > 1;
}
