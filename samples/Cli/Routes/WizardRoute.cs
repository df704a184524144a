using System.Buffers;
using System.Net.Sockets;
using System.Text;
using Ppv.Protocol;
using Ppv.Protocol.Wizard.Codec;
using Ppv.Rpc;
using Ppv.Samples.Cli.Running;

namespace Ppv.Samples.Cli.Routes;

/// <summary>Straight to Wizard, beside the worker: each command has a connection of its own, as the worker's by default.</summary>
internal sealed class WizardRoute : IRoute
{
    private static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(3);

    private readonly WizardClient _client;
    private readonly LineRange _lines;
    private readonly RouteClock _clock;
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly AsyncLocal<IReadOnlyList<Hop>?[]> _dialed = new();
    private readonly WizardOptions _options;
    private readonly RouteDialer _dialer;

    /// <param name="host">Wizard.</param>
    /// <param name="port">Its port.</param>
    /// <param name="lines">The lines, of which a call's number takes one by the old formula.</param>
    /// <param name="timeout">How long an answer may take.</param>
    /// <param name="time">The clock.</param>
    public WizardRoute(string host, int port, LineRange lines, TimeSpan timeout, TimeProvider time)
    {
        (_lines, _time, _timeout, _clock) = (lines, time, timeout, new RouteClock(time));
        _dialer = new RouteDialer(time, _clock);
        _options = new WizardOptions
        {
            Host = host,
            Port = port,
            MaxConnectRetries = 0,
            ConnectTimeout = timeout < LongestConnect ? timeout : LongestConnect,
            ResponseTimeout = timeout,
        };
        _client = new WizardClient(_options, logger: null, time, async cancellationToken =>
        {
            var (socket, hops) = await _dialer.DialAsync(host, port, cancellationToken);
            if (_dialed.Value is { } dialed) dialed[0] = hops;
            return socket;
        });
    }

    public string Description => $"Wizard at {_options.Host}:{_options.Port}";

    public async Task<RouteLines> LinesAsync(CancellationToken cancellationToken)
    {
        await ConnectAsync(cancellationToken); // Nobody is asked about a Wizard that is not there.
        return RouteLines.WithoutWorker(_lines.Count);
    }

    public string Warning => "No worker and no journal is between: nobody will know of this purchase.";

    public async Task<IReadOnlyList<Hop>> ConnectAsync(CancellationToken cancellationToken)
    {
        // Nobody's connection: whether Wizard is there is worth knowing before the first command.
        using var limit = new CancellationTokenSource(_options.ConnectTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await WizardWarmUp.RunAsync(_dialer, _time, cancellationToken);
            var (socket, hops) = await _dialer.DialAsync(_options.Host, _options.Port, either.Token);
            socket.Dispose();
            return hops;
        }
        catch (SocketException problem)
        {
            throw Unreachable(problem.Message, problem);
        }
        catch (OperationCanceledException problem) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unreachable($"no connection within {_options.ConnectTimeout.TotalSeconds} s", problem);
        }
    }

    public string Show(PpvOrder order)
    {
        var frame = new ArrayBufferWriter<byte>();
        RequestWriter.Write(frame, LineOf(order), order.Command);
        return Encoding.ASCII.GetString(frame.WrittenSpan).Replace("\r", "\\r", StringComparison.Ordinal);
    }

    public async Task<RouteAnswer> SendAsync(PpvOrder order, CancellationToken cancellationToken)
    {
        var request = new WizardRequest(LineOf(order), order.Command, _time.GetUtcNow() + _timeout);
        var dialed = new IReadOnlyList<Hop>?[1];
        _dialed.Value = dialed;
        try
        {
            // Once it is written the client waits for the answer, whoever cancels; a person does not want to.
            var reply = await _client.SendAsync(request, cancellationToken).WaitAsync(cancellationToken);
            return Ended(dialed[0]) with
            {
                Text = reply.Text,
                Code = reply.Text,
                IsOk = reply.Text == ResultCodes.Ok,
                Outcome = nameof(RpcOutcome.Completed),
            };
        }
        catch (WizardException problem)
        {
            var mayBeExecuted = problem.Failure == WizardFailure.MaybeSent;
            return Ended(mayBeExecuted ? dialed[0] : null) with
            {
                Failure = problem.Message,
                Reason = problem.Message,
                Outcome = (mayBeExecuted ? RpcOutcome.Unknown : RpcOutcome.NotExecuted).ToString(),
            };
        }
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private LineNumber LineOf(PpvOrder order) => LineFormula.LineOf(order.ConnectionId!, _lines);

    // A command goes out as soon as its connection is there.
    private RouteAnswer Ended(IReadOnlyList<Hop>? dialed)
    {
        var end = _clock.Now;
        var sent = dialed?[^1].End;
        return new RouteAnswer
        {
            SendTime = sent,
            ResponseTime = end,
            Hops = sent is { } start ? [.. dialed!, new Hop("exchange", start, end)] : [],
        };
    }

    private CliException Unreachable(string why, Exception problem) => new(
        $"{Description} could not be reached ({why}). Check the address and whether it is running.", ExitCodes.Unreachable, problem);
}
