using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Ppv.Rpc.Connection;

/// <summary>Somebody wants another host to be used.</summary>
/// <param name="Host">Its index.</param>
/// <param name="Done">Ends when that is so, or with what stands against it.</param>
internal sealed record SwitchRequest(int Host, TaskCompletionSource Done);

/// <summary>Those that wait for their turn. Safe for use by several threads.</summary>
internal sealed class SwitchRequests
{
    private readonly Channel<SwitchRequest> _requests = Channel.CreateUnbounded<SwitchRequest>();

    /// <summary>Adds one; <see langword="null"/> when none is taken any more.</summary>
    public SwitchRequest? Add(int host)
    {
        var request = new SwitchRequest(host, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        return _requests.Writer.TryWrite(request) ? request : null;
    }

    public bool TryTake([NotNullWhen(true)] out SwitchRequest? request) => _requests.Reader.TryRead(out request);

    /// <summary>Completes when there is one.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _requests.Reader.WaitToReadAsync(cancellationToken).AsTask();

    /// <summary>There is nothing to switch from.</summary>
    public void Refuse(string reason)
    {
        while (TryTake(out var request))
            request.Done.TrySetException(
                new InvalidOperationException($"The connection was lost meanwhile; every host is tried as it is. {reason}"));
    }

    /// <summary>The same, and none is taken any more.</summary>
    public void Close(string reason)
    {
        _requests.Writer.TryComplete();
        Refuse(reason);
    }
}
