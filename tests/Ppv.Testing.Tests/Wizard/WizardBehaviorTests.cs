using System.Net.Sockets;
using Ppv.Protocol;
using Ppv.Protocol.Tests.Support;

namespace Ppv.Testing.Tests.Wizard;

public sealed class WizardBehaviorTests : IAsyncDisposable
{
    private const string Confirm = "A016UP\r";

    private readonly SignallingTime _time = new();
    private readonly TaskCompletionSource<WizardSimulatorAnswer> _handled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WizardSimulator? _simulator;

    [Fact]
    public async Task An_answer_can_take_its_time_and_the_booking_comes_first()
    {
        using var client = await ReadyToConfirmAsync(WizardBehavior.Normal with { Delay = TimeSpan.FromSeconds(5) });
        var answer = client.AskAsync(Confirm);
        await _simulator!.WaitForPurchasesAsync(1, Bounded.Token());
        answer.IsCompleted.ShouldBeFalse();
        await _time.PassAsync(TimeSpan.FromSeconds(5));
        (await answer).ShouldBe("H016OK\r");
    }

    [Fact]
    public void Jitter_stays_in_its_bounds_and_a_seed_repeats_it()
    {
        var behavior = WizardBehavior.Normal with { Delay = TimeSpan.FromSeconds(1), Jitter = TimeSpan.FromSeconds(2) };
        var (one, other) = (new WizardSimulator(new WizardSimulatorOptions { Seed = 7 }), new WizardSimulator(
            new WizardSimulatorOptions { Seed = 7 }));
        var delays = Enumerable.Range(0, 100).Select(_ => one.DelayOf(behavior)).ToList();
        delays.ShouldBe(Enumerable.Range(0, 100).Select(_ => other.DelayOf(behavior)));
        delays.Min().ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
        delays.Max().ShouldBeLessThan(TimeSpan.FromSeconds(3));
        delays.Distinct().Count().ShouldBeGreaterThan(90);
    }

    [Fact]
    public async Task A_split_answer_has_the_same_bytes()
    {
        using var client = await ReadyToConfirmAsync(WizardBehavior.Normal with { SplitReply = true });
        (await client.AskAsync(Confirm)).ShouldBe("H016OK\r");
    }

    [Fact]
    public async Task A_stall_books_and_stays_silent_on_an_open_connection()
    {
        using var client = await ReadyToConfirmAsync(WizardBehavior.Normal with { Stall = true });
        await client.SendAsync(Confirm);
        (await _handled.Task.Within()).Bytes.IsEmpty.ShouldBeTrue();
        _simulator!.Purchases.Count.ShouldBe(1);
        _simulator.Script = null;
        (await client.AskAsync(Confirm)).ShouldBe("H016OK\r");
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task A_reset_comes_before_or_after_the_booking(bool isAfter, int purchases)
    {
        using var client = await ReadyToConfirmAsync(
            WizardBehavior.Normal with { ResetBeforeBooking = !isAfter, ResetAfterBooking = isAfter });
        var exception = await Should.ThrowAsync<SocketException>(client.AskAsync(Confirm));
        exception.SocketErrorCode.ShouldBe(SocketError.ConnectionReset);
        _simulator!.Purchases.Count.ShouldBe(purchases);
    }

    [Fact]
    public async Task Garbage_is_sent_as_it_is()
    {
        using var client = await ReadyToConfirmAsync(WizardBehavior.Normal with { Garbage = Bytes.Of("\0\u00ff?\r") });
        (await client.AskAsync(Confirm)).ShouldBe("\0\u00ff?\r");
        _simulator!.Purchases.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_wrong_line_is_the_next_one()
    {
        using var client = await ReadyToConfirmAsync(WizardBehavior.Normal with { WrongLine = true });
        (await client.AskAsync(Confirm)).ShouldBe("H017OK\r");
    }

    [Theory]
    [InlineData("ER123", 0)]
    [InlineData("OK", 1)]
    public async Task A_text_of_ones_own_refuses_unless_it_is_OK(string text, int purchases)
    {
        using var client = await ReadyToConfirmAsync(WizardBehavior.Normal with { ReplyText = text });
        (await client.AskAsync(Confirm)).ShouldBe($"H016{text}\r");
        _simulator!.Purchases.Count.ShouldBe(purchases);
        var answer = await _handled.Task.Within();
        (Bytes.Text(answer.Bytes.Span), answer.Purchase is null, answer.Request.Command).ShouldBe(
            ($"H016{text}\r", purchases == 0, PpvCommand.Confirm));
    }

    public ValueTask DisposeAsync() => _simulator?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>A client on a line that remembers event and subscriber; its confirm meets the behaviour.</summary>
    private async Task<RawClient> ReadyToConfirmAsync(WizardBehavior behavior)
    {
        _simulator = new WizardSimulator(timeProvider: _time);
        await _simulator.StartAsync();
        var client = await RawClient.ConnectAsync(_simulator.Port);
        await client.AskAsync("A016EV262193              \r");
        await client.AskAsync("A016EN85165320            \r");
        _simulator.RequestHandled = answer =>
        {
            if (answer.Request.Command == PpvCommand.Confirm) _handled.TrySetResult(answer);
        };
        _simulator.Script = _ => behavior;
        return client;
    }
}
