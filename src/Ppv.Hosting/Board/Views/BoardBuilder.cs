using Ppv.Hosting.Board.State;
using Ppv.Hosting.Figures;
using Ppv.Rpc.Presence;

namespace Ppv.Hosting.Board.Views;

/// <summary>Makes the board's state of everything that this program knows. Safe for use by several threads.</summary>
internal sealed class BoardBuilder
{
    /// <summary>How old what had to be asked for may be: while somebody watches, and while nobody does.</summary>
    private static readonly (TimeSpan Watched, TimeSpan Unwatched) Freshness = (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30));

    private readonly BoardSources _sources;
    private readonly FarFigures _far;
    private readonly PathView _path;
    private readonly LinesView _lines;
    private readonly ConnectionsView _connections;
    private readonly BoardConcerns _concerns;
    private readonly IBoardMembers _members;
    private readonly SlowLooks _looks;
    private readonly VerdictHistory _verdicts;
    private readonly BoardProgram _program;

    public BoardBuilder(BoardSources sources, IBoardMembers members, FarFigures far)
    {
        (_sources, _far) = (sources, far);
        _path = new PathView(sources, far);
        _lines = new LinesView(sources);
        _connections = new ConnectionsView(sources);
        _concerns = new BoardConcerns(sources);
        _members = members;
        _looks = new SlowLooks(sources);
        _verdicts = new VerdictHistory(sources.Figures.Since);
        _program = new BoardProgram(sources.ProgramName, Environment.MachineName, PresenceMember.Version, sources.Figures.Since);
    }

    /// <summary>The board as it is now.</summary>
    public async Task<BoardState> BuildAsync()
    {
        _members.Refresh();
        await _looks.RefreshAsync(Freshness.Watched).ConfigureAwait(false);
        var (now, found) = (_sources.TimeProvider.GetUtcNow(), _looks.Latest);
        var hops = _path.Read(now);
        var members = _members.Read(now);
        IReadOnlyList<Concern> concerns = [.. _concerns.Read(hops, found, now), .. BoardConcerns.OfMembers(members)];
        var (figures, hasGateway) = (_sources.Figures, _sources.HasGateway);
        return new BoardState(
            _program, now, _verdicts.Judge(concerns, now), PathView.Show(hops, concerns), _lines.Read(), _connections.Read(found.Queues),
            members, (hasGateway ? figures.GatewayCodes : figures.WorkerCodes).Read(), found.Unknowns, _sources.Warnings.Last,
            IsComplete: _members.IsFresh && found.At != DateTimeOffset.MinValue,
            _members.LeftOut ?? _far.LeftOut);
    }

    /// <summary>While nobody watches: only the verdict is looked at, so that since when it holds is known.</summary>
    public async Task LookAsync()
    {
        await _looks.RefreshAsync(Freshness.Unwatched).ConfigureAwait(false);
        var now = _sources.TimeProvider.GetUtcNow();
        _verdicts.Judge(_concerns.Read(_path.Read(now), _looks.Latest, now), now);
    }

    /// <summary>A line's last exchanges; <see langword="null"/> where there is no such line.</summary>
    public BoardLineDetails? Line(int number) => _lines.Read(number);
}
