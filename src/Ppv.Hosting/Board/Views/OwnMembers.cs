using Ppv.Hosting.Board.State;
using Ppv.Rpc.Presence;

namespace Ppv.Hosting.Board.Views;

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
