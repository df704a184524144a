using System.Net.Sockets;
using Ppv.Protocol.Text;

namespace Ppv.Protocol.Wizard.Connections;

/// <summary>Connects to Wizard, with retries, for as long as the command may still be started.</summary>
internal sealed class WizardConnector(WizardOptions options, Dial dial, PlainLogger logger, TimeProvider timeProvider)
{
    private string? _outage;

    /// <summary>
    /// Why no attempt to connect has succeeded lately; <see langword="null"/> when the last one did, and before the first.
    /// </summary>
    public string? Outage => Volatile.Read(ref _outage);

    public async Task<WizardConnection> ConnectAsync(StartLimit limit)
    {
        Exception? failure = null;
        for (var retry = 0; retry <= options.MaxConnectRetries; retry++)
        {
            try
            {
                if (retry > 0) await Task.Delay(options.ConnectRetryDelay, timeProvider, limit.Token).ConfigureAwait(false);
                return await ConnectOnceAsync(limit.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is SocketException or TimeoutException)
            {
                failure = exception;
                if (Interlocked.Exchange(ref _outage, exception.Message) is null)
                    logger.WizardUnreachable(options.Host, options.Port, exception.Message);
            }
            catch (OperationCanceledException) when (limit.Token.IsCancellationRequested)
            {
                limit.ThrowIfReached($"while connecting to Wizard at {options.Host}:{options.Port}", failure);
                throw;
            }
        }
        throw new WizardException(WizardFailure.NotSent, Reason.Of(
            $"Wizard could not be reached in {options.MaxConnectRetries + 1} attempts; nothing was sent.",
            $"Wizard at {options.Host}:{options.Port} could not be reached in {options.MaxConnectRetries + 1} attempts "
                + $"({failure?.Message}); nothing was sent."), failure);
    }

    private async Task<WizardConnection> ConnectOnceAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, timeProvider);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var connection = WizardConnection.Over(await dial(limit.Token).ConfigureAwait(false));
            if (Interlocked.Exchange(ref _outage, null) is not null) logger.WizardReachableAgain(options.Host, options.Port);
            return connection;
        }
        catch (OperationCanceledException exception) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"no connection within {options.ConnectTimeout.TotalSeconds:0.###} s", exception);
        }
    }
}

/// <summary>Opens a connection to Wizard, once.</summary>
internal delegate Task<Socket> Dial(CancellationToken cancellationToken);
