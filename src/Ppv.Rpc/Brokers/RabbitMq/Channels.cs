using System.Diagnostics.CodeAnalysis;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>Opens the channels of a connection, and lets go of those that are of no use any more.</summary>
internal sealed class Channels(IConnection connection, ConnectionLife life)
{
    /// <summary>Whether the connection is there, as far as the library knows.</summary>
    public bool IsConnected => connection.IsOpen && !life.Lost.IsCompleted;

    /// <param name="confirms">Whether the broker confirms what is published.</param>
    /// <param name="tracks">
    /// Whether the library keeps track of the confirms: it takes a task, a header and a copy of all that is outstanding for it.
    /// </param>
    public Task<IChannel> OpenAsync(bool confirms = false, bool tracks = false) =>
        connection.CreateChannelAsync(new CreateChannelOptions(confirms, tracks), CancellationToken.None);

    /// <summary>From now on the connection counts as lost when the channel is, unless it is closed here.</summary>
    public void Guard(IChannel channel)
    {
        channel.ChannelShutdownAsync += (_, reason) =>
            reason.Initiator == ShutdownInitiator.Application ? Task.CompletedTask : OnShutdownAsync(reason);
        if (!channel.IsOpen) life.Lose(channel.CloseReason is { } reason ? Text(reason) : "a channel was closed");
    }

    public Task OnShutdownAsync(ShutdownEventArgs reason)
    {
        life.Lose(Text(reason));
        return Task.CompletedTask;
    }

    /// <summary>Closes a channel, and does not wait for it: the broker may have closed it already, or not answer.</summary>
    public static void Abandon(IChannel? channel)
    {
        if (channel is not null) ConnectionLife.Forget(channel.DisposeAsync().AsTask());
    }

    private static string Text(ShutdownEventArgs reason) => $"{reason.ReplyCode} {reason.ReplyText}".TrimEnd('.');
}

/// <summary>
/// A channel for questions and declarations, opened when there is the first one. A refusal closes a channel, so it is opened again then;
/// that does not lose the connection. One call at a time.
/// </summary>
/// <param name="channels">Opens it.</param>
/// <param name="confirms">Whether what is published on it is confirmed.</param>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable",
    Justification = "Without a wait handle there is nothing to dispose of, and late calls still release it.")]
internal sealed class ControlChannel(Channels channels, bool confirms = false)
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private IChannel? _channel;

    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">
    /// Ends the waiting for the turn, not the call: its end must be seen before the next one's turn.
    /// </param>
    public async Task<T> RunAsync<T>(Func<IChannel, Task<T>> call, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_channel is not { IsOpen: true }) _channel = await channels.OpenAsync(confirms, tracks: confirms).ConfigureAwait(false);
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
