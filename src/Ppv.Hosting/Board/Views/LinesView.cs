using Ppv.Hosting.Board.State;
using Ppv.Hosting.Figures;
using Ppv.Hosting.Redaction;
using Ppv.Hosting.Worker.Lines;

namespace Ppv.Hosting.Board.Views;

/// <summary>Wizard's lines, as the board shows them.</summary>
internal sealed class LinesView(BoardSources sources)
{
    public IReadOnlyList<BoardLine> Read() =>
        sources.Worker is { } worker ? [.. worker.Lines.Lines.Select(line => Show(line, worker.Options.Server.LineRest))] : [];

    /// <summary>A line's last exchanges; <see langword="null"/> where there is no such line.</summary>
    public BoardLineDetails? Read(int number) => sources.Worker?.Lines.Lines.Any(line => line.Line.Value == number) == true
        ? new BoardLineDetails(number, [.. sources.Figures.Lines.Last(number).Select(Show)])
        : null;

    private BoardLine Show(LineStatus line, TimeSpan rest)
    {
        var progress = sources.Figures.Lines.Progress(line.Line.Value);
        var (lease, last) = (line.Lease, progress.Latest);
        var state = StateOf(line);
        DateTimeOffset? ended = last is null ? null : last.At + last.Elapsed;
        return new BoardLine(
            line.Line.Value, state,
            state switch
            {
                BoardLineState.Free => ended,
                BoardLineState.Resting => line.RestsUntil - rest,
                _ => lease?.LastActivity,
            },
            lease?.ConnectionId?.ToString(), line.Waiting, last?.Code, ended,
            lease is null ? progress.Event : lease.Named.Event is not null,
            lease is null ? progress.Subscriber : lease.Named.Subscriber is not null,
            lease is null && progress.Confirm, lease?.Began);
    }

    private BoardExchange Show(WizardExchange exchange) => new(
        exchange.At, exchange.Order.ConnectionId?.ToString() ?? "", exchange.Order.Id,
        new LoggedCommand(exchange.Order.Command, sources.Redactor).ToString(), exchange.Outcome.ToString(), exchange.Code,
        Math.Round(exchange.Elapsed.TotalMilliseconds, 2));

    private static BoardLineState StateOf(LineStatus line) => line switch
    {
        { IsBusy: true, Waiting: > 0 } => BoardLineState.Waiting,
        { IsBusy: true } => BoardLineState.Busy,
        { Lease: not null } => BoardLineState.Leased,
        { RestsUntil: not null } => BoardLineState.Resting,
        _ => BoardLineState.Free,
    };
}
