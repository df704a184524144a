using System.Globalization;
using Ppv.Hosting.Board.State;

namespace Ppv.Hosting.Board.Views;

/// <summary>
/// Who is on the bus, from who has answered when asked. Pure: it has no clock and asks nobody. Not safe for use by several threads.
/// </summary>
/// <remarks>
/// A member is <b>alive</b> from its answer until it has left the questions of three seconds unanswered. Then it is <b>gone</b>, and not
/// shown, when it had said that it is leaving, or when another one of its role, machine and queues has started since; else it is
/// <b>dead</b>, and shown for ten minutes. While nobody asks, nobody dies.
/// </remarks>
internal sealed class MemberTable
{
    /// <summary>How long a member may be silent while it is asked.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);

    /// <summary>How long the dead are shown.</summary>
    public static readonly TimeSpan Mourning = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How many are known: more than any site has. Beyond that who is silent gives place, and then nobody new is taken.
    /// </summary>
    public const int MaxMembers = 200;

    private readonly Dictionary<string, Member> _members = new(StringComparer.Ordinal);

    /// <summary>Everybody was asked, and these have answered.</summary>
    /// <param name="answers">Who has answered, seen then.</param>
    /// <param name="leaving">Those among them that say that they are leaving.</param>
    /// <param name="asked">When they were asked.</param>
    /// <returns>How many of those who have answered were not taken, because there is no room for them.</returns>
    public int Heard(IReadOnlyList<BoardMember> answers, IReadOnlySet<string> leaving, DateTimeOffset asked)
    {
        var heard = answers.Select(answer => answer.Id).ToHashSet(StringComparer.Ordinal);
        var silent = new Queue<string>(_members.Where(known => !heard.Contains(known.Key))
            .OrderBy(known => known.Value.Latest!.LastSeenAt).Select(known => known.Key));
        var leftOut = 0;
        foreach (var answer in answers)
        {
            if (!_members.TryGetValue(answer.Id, out var member))
            {
                if (_members.Count == MaxMembers && !(silent.TryDequeue(out var gone) && _members.Remove(gone)))
                {
                    leftOut++;
                    continue;
                }

                _members[answer.Id] = member = new Member();
            }

            (member.Latest, member.IsLeaving, member.SilentSince) = (answer, leaving.Contains(answer.Id), null);
        }

        foreach (var (id, member) in _members.ToList())
        {
            if (heard.Contains(id)) continue;
            member.SilentSince ??= asked;
            if (asked - member.Latest!.LastSeenAt > Mourning || (asked - member.SilentSince >= Silence && IsGone(member)))
                _members.Remove(id);
        }

        return leftOut;
    }

    /// <summary>All that are to be shown, in the order of role, machine and start.</summary>
    public IReadOnlyList<BoardMember> Read(DateTimeOffset now) =>
    [
        .. _members.Values.Select(member => member.SilentSince is { } since && now - since >= Silence
                ? member.Latest! with { IsAlive = false, Description = SilentSince(member.Latest!.LastSeenAt) }
                : member.Latest!)
            .OrderBy(member => member.Role, StringComparer.Ordinal)
            .ThenBy(member => member.Machine, StringComparer.Ordinal)
            .ThenBy(member => member.StartedAt),
    ];

    private static string SilentSince(DateTimeOffset lastSeen) =>
        string.Create(CultureInfo.InvariantCulture, $"It has not answered since {lastSeen.UtcDateTime:HH:mm:ss} UTC.");

    private bool IsGone(Member member) => member.IsLeaving || _members.Values.Any(other =>
        other.SilentSince is null && other.Latest!.Role == member.Latest!.Role && other.Latest.Machine == member.Latest.Machine
        && other.Latest.StartedAt > member.Latest.StartedAt && other.Latest.Queues.SequenceEqual(member.Latest.Queues));

    private sealed class Member
    {
        public BoardMember? Latest { get; set; }

        public bool IsLeaving { get; set; }

        public DateTimeOffset? SilentSince { get; set; }
    }
}
