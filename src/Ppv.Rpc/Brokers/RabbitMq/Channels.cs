using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>Opens the channels of a connection, and lets go of those that are of no use any more.</summary>
internal sealed class Channels(IConnection connection, ConnectionLife life)
{
    /// <summary>Whether the connection is there, as far as the library knows.</summary>
    public bool IsConnected => connection.IsOpen && !life.Lost.IsCompleted;

    public Task<IChannel> OpenAsync(bool confirms = false) => connection.CreateChannelAsync(new CreateChannelOptions(confirms, confirms), CancellationToken.None);

    /// <summary>From now on the connection counts as lost when the channel is.</summary>
    public void Guard(IChannel channel)
    {
        channel.ChannelShutdownAsync += (_, reason) => OnShutdownAsync(reason);
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
