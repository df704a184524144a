using Microsoft.Extensions.Options;
using Ppv.Protocol;

namespace Ppv.Hosting;

/// <summary>The old way: the formula's line for every command, whoever else uses it, one command at a time. There are no sessions, and nothing is checked.</summary>
internal sealed class ModuloLines(LineScheduler lines, IOptions<PpvServerOptions> options) : ILineAllocator
{
    private readonly ServerOptions _server = options.Value.Server;
    private readonly LineRange _range = new(options.Value.Server.FirstLine, options.Value.Server.LastLine);

    public async ValueTask<LineTurn> EnterAsync(ConnectionId? call, PpvCommandKind command, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        if (LineOf(call) is not { } line) return new LineTurn(new LineDecision(LineVerdict.NoLine));
        var turn = await lines.EnterAsync(line, deadline, cancellationToken).ConfigureAwait(false);
        return turn is null ? new LineTurn(new LineDecision(LineVerdict.TooLate)) : new LineTurn(new LineDecision(LineVerdict.Granted, line), (_, _) => Leave(turn));
    }

    private LineNumber? LineOf(ConnectionId? call) =>
        call is not null ? LineFormula.LineOf(call, _range)
        : _server.NoConnIdLine is { } line ? new LineNumber(line)
        : null;

    private static CallSession? Leave(IDisposable turn)
    {
        turn.Dispose();
        return null;
    }
}
