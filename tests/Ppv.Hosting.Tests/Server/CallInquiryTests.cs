using System.Text;
using Microsoft.Extensions.Compliance.Redaction;
using Microsoft.Extensions.Options;
using Ppv.Protocol;
using Ppv.Protocol.Text;
using Ppv.Rpc;
using static Ppv.Hosting.Tests.LeasedWorker;

namespace Ppv.Hosting.Tests;

/// <summary>What the worker says to a gateway that asks whether a call is in progress here. Asking changes nothing.</summary>
public sealed class CallInquiryTests : IDisposable
{
    private readonly LeasedWorker _worker = new(server => server.LastLine = 1);

    public void Dispose() => _worker.Dispose();

    [Fact]
    public async Task A_call_is_here_from_its_first_command_until_it_was_idle_for_long()
    {
        (await AskAsync(Call)).ShouldBe("""{"open":false}""");
        await _worker.EventAsync();
        (await AskAsync(Call)).ShouldBe("""{"open":true}""");
        (await AskAsync(Call.ToUpperInvariant())).ShouldBe("""{"open":true}""");
        (await AskAsync(OtherCall)).ShouldBe("""{"open":false}""");
        _worker.Clock.Advance(TimeSpan.FromMinutes(5));
        (await AskAsync(Call)).ShouldBe("""{"open":false}""");
    }

    [Fact]
    public async Task A_confirmed_call_is_here_for_as_long_as_its_confirm_may_be_repeated()
    {
        await _worker.PrepareAsync();
        (await _worker.ConfirmAsync()).ShouldSay("OK\r");
        (await AskAsync(Call)).ShouldBe("""{"open":true}""");
        _worker.Clock.Advance(TimeSpan.FromMinutes(5));
        (await AskAsync(Call)).ShouldBe("""{"open":false}""");
    }

    [Fact]
    public async Task A_purchase_under_a_call_draws_no_order_of_the_call_itself_here()
    {
        await _worker.EventAsync(subject: "s");
        (await AskAsync(Call)).ShouldBe("""{"open":false}""");
        await _worker.SubscriberAsync(subject: "s");
        (await _worker.ConfirmAsync(subject: "s")).ShouldSay("OK\r");
        (await AskAsync(Call)).ShouldBe("""{"open":false}""");

        await _worker.SubscriberAsync();
        (await AskAsync(Call)).ShouldBe("""{"open":true}""");
    }

    [Fact]
    public async Task A_call_that_waits_for_a_line_is_here()
    {
        await _worker.EventAsync();
        var waiting = _worker.EventAsync(OtherCall);
        (await AskAsync(OtherCall)).ShouldBe("""{"open":true}""");
        _worker.Clock.Advance(TimeSpan.FromSeconds(30));
        await waiting.WaitAsync(Hang.Limit);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a connid")]
    public async Task What_is_no_call_is_not_here(string connid) => (await AskAsync(connid)).ShouldBe("""{"open":false}""");

    [Fact]
    public async Task Asking_keeps_no_call_and_sends_nothing_to_wizard()
    {
        await AskAsync(Call);
        await AskAsync(Call);
        (await AskAsync(Call)).ShouldBe("""{"open":false}""");
        _worker.Wizard.Requests.ShouldBeEmpty();
        _worker.Lines.Counts.ShouldBe(new LeaseCounts(0, 0, 0, 0));
    }

    [Fact]
    public async Task The_old_formula_knows_no_calls()
    {
        var lines = new ModuloLines(new LineScheduler(_worker.Clock), Options.Create(new PpvServerOptions()));
        using var turn = await lines.AcquireAsync(
            TestOrders.Of(Call, PpvCommandKind.Event), DateTimeOffset.MaxValue, CancellationToken.None);
        (await AskAsync(Call, lines)).ShouldBe("""{"open":false}""");
    }

    private async Task<string> AskAsync(string connid, ILineAllocator? lines = null)
    {
        var inquiry = new RpcRequestContext
        {
            Id = "inquiry",
            Type = "ppv.call",
            Body = Encoding.ASCII.GetBytes(connid),
            Deadline = _worker.Clock.GetUtcNow().AddSeconds(1),
        };
        var reply = await new RequestHandler(null!, null!, lines ?? _worker.Lines, null!, Options.Create(new PpvServerOptions()),
            NullRedactorProvider.Instance, _worker.Clock, PlainLogger<RequestHandler>.None)
            .HandleAsync(inquiry, CancellationToken.None);
        reply.Outcome.ShouldBe(RpcOutcome.Completed);
        return Encoding.UTF8.GetString(reply.Body.Span);
    }
}
