using System.Diagnostics;
using Microsoft.Extensions.Compliance.Redaction;
using Microsoft.Extensions.Options;
using Ppv.Fuzz.Engine;
using Ppv.Fuzz.Support;
using Ppv.Hosting;
using Ppv.Hosting.Worker;
using Ppv.Hosting.Worker.Journal;
using Ppv.Hosting.Worker.Lines;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Brokers.RabbitMq;
using Ppv.Rpc.Clocks;
using Ppv.Rpc.Server;
using Ppv.Rpc.Server.Leadership;

namespace Ppv.Fuzz.Targets;

/// <summary>
/// A worker from the delivery to the answer, with leased lines and a journal in memory: up to eight messages one after the other. What
/// Wizard does is said in a message's line <c>wizard=</c>: <c>sent</c> and <c>unsent</c> fail, everything else is its answer.
/// </summary>
internal static class WorkerTarget
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    /// <summary>Longer than anything waits in a worker.</summary>
    private const int MostSteps = 1_500;

    /// <summary>What waits for the clock goes on as soon as that moves; only what does not needs a pause.</summary>
    private const int StepsOfPause = 100;

    public static FuzzTarget Open(Watch watch) => new("worker", AmqpText.Dictionary, RunAsync)
    {
        FreeBytes = 1024 * 1024,
    };

    /// <summary>What strangers write of their spans is read only where somebody listens.</summary>
    private static readonly ActivityListener Listener = new()
    {
        ShouldListenTo = source => source.Name.StartsWith("Ppv", StringComparison.Ordinal),
        Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
    };

    static WorkerTarget() => ActivitySource.AddActivityListener(Listener);

    private static async Task RunAsync(byte[] input, Watch watch)
    {
        var (clock, connection, wizard) = (new TestClock(Noon), new FakeConnection(), new Wizard());
        var options = Options.Create(new PpvServerOptions());
        var journal = new InMemoryOrderJournal(null, clock);
        using var lines = new LineLeases(options, clock);
        var execution = new OrderExecution(wizard, lines, journal, options, clock, watch.For<OrderExecution>());
        var handler = new RequestHandler(
            execution, new RunningOrders(), lines, journal, options, NullRedactorProvider.Instance, clock, watch.For<RequestHandler>());
        var worker = new DeliveryWorker(options.Value.Rpc, handler.HandleAsync, watch.For<RpcServer>(), clock);
        var coverage = new Coverage(SoleLeadership.Of(TimeSpan.FromHours(1), ClockReading.Now(clock)), IsProven: true);
        foreach (var text in AmqpText.Read(input))
        {
            var message = text.Read();
            var delivery = new BrokerDelivery(
                message, 1, text.Extra.ContainsKey("redelivered"), MessageMapping.ReturnsIn(text.Properties.Headers));
            wizard.Says = text.Extra.GetValueOrDefault("wizard") ?? "OK";
            var (sent, answered) = (wizard.Sent, connection.Answers.Count);
            var work = worker.WorkAsync(
                connection, delivery, ClockReading.Now(clock), null, coverage, CancellationToken.None, CancellationToken.None).AsTask();
            await EndAsync(work, clock);
            Watch.Ensure(await work && connection.Answers.Count == answered + 1, "A message is settled once.");
            Judge(message, connection.Answers[^1], wizard.Sent - sent, watch);
        }

        Watch.Ensure(wizard.Confirms <= Math.Min(wizard.Events, wizard.Subscribers),
            "No confirm is sent without an event and a subscriber of its own.");
    }

    private static void Judge(in BrokerMessage message, BrokerMessage? answer, int sent, Watch watch)
    {
        Watch.Ensure(sent <= 1, "One order is at most one command.");
        Watch.Ensure(answer is not null == !string.IsNullOrEmpty(message.ReplyTo), "Who wants an answer gets one, and nobody else.");
        if (answer is not { } told) return;
        watch.Saw($"answer {told.Outcome} {told.Prior} {sent} {message.Type is null}");
        Watch.Ensure(told.Outcome != RpcOutcome.NotExecuted || sent == 0 || told.Reason is not null, "A refusal says why.");
        var properties = AmqpText.OverTheWire(told);
        Watch.Ensure((MessageMapping.ToMessage(properties, told.Body) with { Body = default }) == told with { Body = default },
            "An answer is read as it was meant.");
        Watch.Ensure(message.Deadline is not null || properties.Headers is null, "An old gateway gets no headers.");
    }

    /// <summary>Moves the clock on while something waits for it.</summary>
    private static async Task EndAsync(Task work, TestClock clock)
    {
        for (var step = 0; !work.IsCompleted; step++)
        {
            Watch.Ensure(step < MostSteps, "Every wait of a worker has a bound.");
            clock.Advance(Step);
            if (step % StepsOfPause == 0) await Task.WhenAny(work, Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System));
        }
    }

    private sealed class Wizard : IWizardClient
    {
        public string Says { get; set; } = "OK";

        public int Events { get; private set; }

        public int Subscribers { get; private set; }

        public int Confirms { get; private set; }

        public int Sent => Events + Subscribers + Confirms;

        public Task<WizardReply> SendAsync(WizardRequest request, CancellationToken cancellationToken = default)
        {
            if (Says == "unsent") throw new WizardException(WizardFailure.NotSent, "Wizard can't be reached.");
            Orders.Framed(request.Command, request.Line);
            switch (request.Command.Kind)
            {
                case PpvCommandKind.Event: Events++; break;
                case PpvCommandKind.Subscriber: Subscribers++; break;
                default: Confirms++; break;
            }

            if (Says == "sent") throw new WizardException(WizardFailure.MaybeSent, "Wizard timed out.");
            // Wizard's reader takes a text of ASCII without control characters.
            return Task.FromResult(new WizardReply(request.Line, string.Concat(Says.Where(static c => c is >= ' ' and <= '~'))));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
