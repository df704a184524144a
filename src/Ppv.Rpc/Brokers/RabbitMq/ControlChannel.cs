using System.Diagnostics.CodeAnalysis;
using RabbitMQ.Client;

namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>
/// A channel for questions and declarations, opened when there is the first one. A refusal closes a channel, so it is opened again then; that does not lose the
/// connection. One call at a time.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Without a wait handle there is nothing to dispose of, and late calls still release it.")]
internal sealed class ControlChannel(Channels channels)
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private IChannel? _channel;

    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Ends the waiting for the turn, not the call: its end must be seen before the next one's turn.</param>
    public async Task<T> RunAsync<T>(Func<IChannel, Task<T>> call, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_channel is not { IsOpen: true }) _channel = await channels.OpenAsync().ConfigureAwait(false);
            return await call(_channel).ConfigureAwait(false);
        }
        catch
        {
            Channels.Abandon(_channel);
            _channel = null;
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }
}
