using Ppv.Protocol.Wizard.Connections;

namespace Ppv.Protocol.Tests.Wizard;

public sealed class StartLimitTests
{
    [Fact]
    public void The_clock_decides_even_when_its_timer_is_late()
    {
        var time = new LateTimers();
        using var limit = new StartLimit(time.Now + TimeSpan.FromSeconds(1), time, CancellationToken.None, CancellationToken.None);
        limit.ThrowIfReached("too early");
        time.Now += TimeSpan.FromSeconds(1);
        limit.Token.IsCancellationRequested.ShouldBeFalse();
        Should.Throw<WizardException>(() => limit.ThrowIfReached("in the test")).Failure.ShouldBe(WizardFailure.NotSent);
    }

    private sealed class LateTimers : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
