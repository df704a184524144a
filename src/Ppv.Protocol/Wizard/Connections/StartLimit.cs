using Ppv.Protocol.Text;

namespace Ppv.Protocol.Wizard.Connections;

/// <summary>Until when a command may be started: its deadline, its caller's patience, the life of the client.</summary>
internal sealed class StartLimit : IDisposable
{
    // A timer takes no more than 49 days; everything that is waited for ends long before.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(30);

    private readonly DateTimeOffset _deadline;
    private readonly TimeProvider _timeProvider;
    private readonly CancellationToken _closing;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _any;

    public StartLimit(DateTimeOffset deadline, TimeProvider timeProvider, CancellationToken closing, CancellationToken caller)
    {
        (_deadline, _timeProvider, _closing, _caller) = (deadline, timeProvider, closing, caller);
        var left = deadline - timeProvider.GetUtcNow();
        var wait = left < LongestTimer ? left : LongestTimer;
        _timer = new CancellationTokenSource(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, timeProvider);
        _any = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, closing, caller);
    }

    /// <summary>Cancelled when the command may not be started any more.</summary>
    public CancellationToken Token => _any.Token;

    /// <summary>Throws what the caller has to learn when the command may not be started any more.</summary>
    /// <param name="when">What was going on, to end the sentence.</param>
    /// <param name="cause">What held it up, if that is known.</param>
    public void ThrowIfReached(string when, Exception? cause = null)
    {
        _caller.ThrowIfCancellationRequested();
        if (_closing.IsCancellationRequested)
            throw new WizardException(WizardFailure.NotSent, Reason.Of(
                "The Wizard client was disposed before the command was sent; nothing was sent.",
                $"The Wizard client was disposed {when}; nothing was sent."), cause);
        if (_timer.IsCancellationRequested || _timeProvider.GetUtcNow() >= _deadline)
            throw new WizardException(WizardFailure.NotSent, Reason.Of(
                "The command's deadline passed before it was sent; nothing was sent.",
                $"The command's deadline passed {when}; nothing was sent."), cause);
    }

    public void Dispose()
    {
        _any.Dispose();
        _timer.Dispose();
    }
}
