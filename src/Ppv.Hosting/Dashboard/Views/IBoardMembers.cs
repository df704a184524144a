using Ppv.Rpc.Presence;

namespace Ppv.Hosting;

/// <summary>Who is on the bus. Safe for use by several threads.</summary>
internal interface IBoardMembers
{
    /// <summary>Somebody watches: asks anew, in the background, if it is time to.</summary>
    void Refresh();

    /// <summary>Whether what is known is from a question that was asked of late, and is over.</summary>
    bool IsFresh { get; }

    /// <summary>Who was left out although they answered, as a sentence; <see langword="null"/> when nobody was.</summary>
    string? LeftOut { get; }

    /// <summary>The gateways and workers that are known now.</summary>
    IReadOnlyList<BoardMember> Read(DateTimeOffset now);
}

/// <summary>This program's own parts, and nobody else.</summary>
internal sealed class OwnMembers(BoardSources sources) : IBoardMembers
{
    private readonly string _id = Guid.NewGuid().ToString("N");

    public bool IsFresh => true;

    public string? LeftOut => null;

    public void Refresh()
    {
        // It knows itself.
    }

    public IReadOnlyList<BoardMember> Read(DateTimeOffset now) =>
    [
        .. sources.Links.Select(link =>
        {
            var status = link.Readiness.Status();
            return new BoardMember(
                $"{_id}-{link.Readiness.Name}", link.Readiness.Name, Environment.MachineName, Environment.ProcessId, PresenceMember.Version,
                sources.Figures.Since, link.Queues, Place: null, IsAlive: true, LastSeenAt: now, IsSelf: true, status.Description);
        }),
    ];
}
