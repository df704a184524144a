using Ppv.Hosting.Board.State;

namespace Ppv.Hosting.Board.Views;

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
