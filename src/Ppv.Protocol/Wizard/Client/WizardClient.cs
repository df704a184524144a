using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Ppv.Protocol.Network;
using Ppv.Protocol.Text;
using Ppv.Protocol.Wizard;
using Ppv.Protocol.Wizard.Connections;

namespace Ppv.Protocol;

/// <summary>Speaks with Wizard over TCP (contract §3).</summary>
/// <remarks>
/// <para>Connecting is retried, nothing else is: once a byte of a command was handed to the network, it is never sent again, and every
/// failure from then on is <see cref="WizardFailure.MaybeSent"/>. The answer is read to its <c>\r</c>, at most 1,024 bytes, and has to name
/// the line asked. A connection that broke, timed out or brought something unexpected is never used again.</para>
/// <para>Safe for use by several threads. With <see cref="ConnectionMode.PerLine"/>, commands on one line wait for each other. Commands are
/// logged at level Debug; that Wizard can't be reached is a warning, once per outage.</para>
/// </remarks>
public sealed class WizardClient : IWizardClient
{
    private readonly WizardOptions _options;
    private readonly PlainLogger _logger;
    private readonly TimeProvider _timeProvider;
    private readonly WizardConnector _connector;
    private readonly IConnections _connections;
    private readonly CancellationTokenSource _closing = new();

    /// <summary>Makes a client. It connects when the first command is sent.</summary>
    /// <param name="options">Where Wizard is and how long to wait for it. Copied: later changes have no effect.</param>
    /// <param name="logger">Where to log; <see langword="null"/>: nowhere.</param>
    /// <param name="timeProvider">The clock of deadlines, timeouts and retries; <see langword="null"/>: the system's.</param>
    /// <exception cref="ArgumentException">An option is outside its documented range; the message says which.</exception>
    public WizardClient(WizardOptions options, ILogger<WizardClient>? logger = null, TimeProvider? timeProvider = null)
        : this(options, logger, timeProvider, dial: null)
    {
    }

    internal WizardClient(WizardOptions options, ILogger<WizardClient>? logger, TimeProvider? timeProvider, Dial? dial)
    {
        _options = WizardOptionsCheck.CheckedCopy(options);
        _logger = PlainLogger.To(logger);
        _timeProvider = timeProvider ?? TimeProvider.System;
        dial ??= cancellationToken => SideBySideDialer.DialAsync(_options.Host, _options.Port, _timeProvider, cancellationToken);
        _connector = new WizardConnector(_options, dial, _logger, _timeProvider);
        _connections = _options.ConnectionMode == ConnectionMode.PerLine
            ? new ConnectionsPerLine(_connector, _options.PooledConnectionIdleTimeout, _timeProvider)
            : new ConnectionsPerCommand(_connector);
    }

    /// <summary>
    /// What stands in the way of the next command as far as the last attempt has shown, as a sentence; <see langword="null"/> for nothing.
    /// </summary>
    internal string? Problem => _connector.Outage is { } reason
        ? $"Wizard at {_options.Host}:{_options.Port} could not be reached when it was tried last ({reason})."
        : null;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The request is <c>default</c> or has no line.</exception>
    /// <exception cref="ObjectDisposedException">The client was disposed before the call.</exception>
    public async Task<WizardReply> SendAsync(WizardRequest request, CancellationToken cancellationToken = default)
    {
        if (request.Command is null || request.Line == default)
            throw new ArgumentException("The request needs a command and a line.", nameof(request));
        ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
        var start = _timeProvider.GetTimestamp();
        using var activity = WizardTelemetry.Start(request, _options);
        try
        {
            var reply = await SendOnceAsync(request, cancellationToken).ConfigureAwait(false);
            var elapsed = _timeProvider.GetElapsedTime(start);
            WizardTelemetry.End(activity, request, elapsed, failure: null);
            _logger.WizardAnswered(request.Command, request.Line, reply.Text, elapsed.TotalMilliseconds);
            return reply;
        }
        catch (WizardException exception)
        {
            WizardTelemetry.End(activity, request, _timeProvider.GetElapsedTime(start), exception);
            _logger.WizardFailed(request.Command, request.Line, exception.Failure, exception.Message);
            throw;
        }
    }

    /// <summary>
    /// Closes every connection. Calls that still wait fail at once with a <see cref="WizardException"/>: those that wait for an answer with
    /// <see cref="WizardFailure.MaybeSent"/>, the others with <see cref="WizardFailure.NotSent"/>. May be called more than once.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        _connections.Dispose();
    }

    private async Task<WizardReply> SendOnceAsync(WizardRequest request, CancellationToken cancellationToken)
    {
        using var limit = new StartLimit(request.Deadline, _timeProvider, _closing.Token, cancellationToken);
        limit.ThrowIfReached("before it was started");
        var connection = await _connections.RentAsync(request, limit).ConfigureAwait(false);
        try
        {
            limit.ThrowIfReached("before its first byte was written");
            if (request.Fence.LostReason is { } reason)
                throw new WizardException(WizardFailure.NotSent, Reason.Of(
                    "The worker had lost the right to write to Wizard. Nothing was sent.",
                    $"{reason} The right to write was with {request.Fence}. Nothing was sent."));
            return await ExchangeAsync(connection, request).ConfigureAwait(false);
        }
        finally
        {
            _connections.Return(request.Line, connection);
        }
    }

    /// <summary>From here on only the time limit for the answer counts: neither deadline nor caller can take a byte back.</summary>
    private async Task<WizardReply> ExchangeAsync(WizardConnection connection, WizardRequest request)
    {
        using var timeout = new CancellationTokenSource(_options.ResponseTimeout, _timeProvider);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _closing.Token);
        try
        {
            await connection.SendAsync(request.Line, request.Command, limit.Token).ConfigureAwait(false);
            return new WizardReply(request.Line, await connection.ReceiveAsync(request.Line, limit.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException exception)
        {
            throw new WizardException(WizardFailure.MaybeSent, timeout.IsCancellationRequested
                ? Reason.Of($"Wizard timed out: no answer on line {request.Line.Value:D3} within "
                    + $"{_options.ResponseTimeout.TotalSeconds:0.###} s; it may have executed the command.")
                : Reason.Of($"The Wizard client was disposed before the answer on line {request.Line.Value:D3}; Wizard may have "
                    + $"executed the command."), exception);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
        {
            throw new WizardException(WizardFailure.MaybeSent, Reason.Of(
                $"The connection to Wizard broke on line {request.Line.Value:D3}; Wizard may have executed the command.",
                $"The connection to Wizard broke on line {request.Line} ({exception.Message}); Wizard may have executed the command."),
                exception);
        }
    }
}
