using Ppv.Protocol;

namespace Ppv.Hosting;

/// <content>What a table tells of its calls.</content>
internal sealed partial class LeaseTable
{
    /// <summary>Whether anything is kept of a call: it waits for a line, has one, or its confirm may still be repeated.</summary>
    public bool Knows(ConnectionId call, DateTimeOffset now)
    {
        Advance(now);
        return _calls.ContainsKey(call);
    }
}
