using System.Threading.Channels;

namespace Ppv.Protocol.Tests.Support;

/// <summary>A clock that tests move, and that tells when somebody began to wait for it.</summary>
internal sealed class SignallingTime : TestClock
{
    private readonly Channel<TimeSpan> _timers = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _timers.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>Waits until somebody waits for this long, then lets so much time pass.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        await WaitForTimerAsync(time);
        Advance(time);
    }

    /// <summary>
    /// Waits until somebody waits for this long: what was to come before has come. To be followed by
    /// <see cref="TestClock.Advance(TimeSpan)"/>.
    /// </summary>
    public async Task WaitForTimerAsync(TimeSpan time)
    {
        while (await _timers.Reader.ReadAsync(Bounded.Token()) != time)
        {
            // Another wait, for another test.
        }
    }
}
