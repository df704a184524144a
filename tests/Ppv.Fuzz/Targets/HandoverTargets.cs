using System.IO.Compression;
using Microsoft.Extensions.Options;
using Ppv.Fuzz.Engine;
using Ppv.Fuzz.Support;
using Ppv.Hosting;
using Ppv.Hosting.Worker.Journal;
using Ppv.Hosting.Worker.Lines;
using Ppv.Hosting.Worker.Lines.Handover;
using Ppv.Protocol.Text;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Clocks;
using Ppv.Rpc.Server.Leadership;

namespace Ppv.Fuzz.Targets;

/// <summary>What a worker leaves for the next one: the record of who led, and in it the lines and the orders.</summary>
internal static class HandoverTargets
{
    private const string Self = "me";
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    /// <summary>The longest that anything may wait for another worker, in steps, and some more.</summary>
    private const int MostSteps = 1_000;

    /// <summary>What waits for the clock goes on as soon as that moves; only what does not needs a pause.</summary>
    private const int StepsOfPause = 100;

    /// <summary>Whatever lies there, the next leader begins within a bound, and its own record can be read.</summary>
    public static FuzzTarget LeaderRecords(Watch watch) => new(
        "leader-record",
        [
            "\"version\":1", "\"identity\":\"me\"", "\"identity\":\"other\"", "\"state\":\"Active\"", "\"state\":\"Leaving\"",
            "\"state\":\"Left\"", "\"since\":", "\"coveredFor\":", "\"writtenAt\":", "\"uptime\":", "\"standsFor\":", "\"waits\":",
            "\"within\":", "\"remembered\":", "\"00:10:00\"", "\"e30=\"", "\"2026-01-01T11:00:00Z\"",
        ],
        async (input, watch) =>
        {
            var record = LeaderRecord.Read(input);
            watch.Saw($"record {record.State} {record.Since is not null} {record.CoveredFor is not null} {record.Remembered is not null}");
            Watch.Ensure(Enum.IsDefined(record.State), "A record's state is a known one.");
            var bytes = record.ToBytes();
            Watch.Ensure(LeaderRecord.Read(bytes).ToBytes().AsSpan().SequenceEqual(bytes), "A record is read the same again.");
            foreach (var kind in (QueueKind[])[QueueKind.DurableClassic, QueueKind.Quorum]) await SucceedAsync(input, kind, watch);
        })
    {
        FreeBytes = 2 * 1024 * 1024,
    };

    /// <summary>What is no handover is refused as one; what is taken over can be handed over again.</summary>
    public static FuzzTarget Handovers(Watch watch) => new(
        "handover",
        [
            "{\"calls\":[", "\"rests\":[", "\"at\":", "\"session\":{", "\"lastEnded\":{", "\"followsAnother\":true", "\"id\":\"a\"",
            "\"call\":\"0127032d64a94732\"", "\"line\":", "\"lastActivity\":", "\"event\":{\"orderId\":\"e\"}", "\"subscriber\":",
            "\"state\":", "\"Answered\"", "\"Unknown\"", "\"Confirming\"", "\"Broken\"", "\"subject\":", "\"answer\":\"OK\"", "\"until\":",
        ],
        ImportAsync)
    {
        FreeBytes = 4 * 1024 * 1024,
    };

    /// <summary>The packed orders as text; what begins with a zero is packed bytes.</summary>
    public static FuzzTarget OrderPacks(Watch watch) => FuzzTarget.Of(
        "order-pack",
        [
            "\"id\":\"a\"", "\"call\":\"0127032d64a94732\"", "\"kind\":\"Event\"", "\"kind\":\"Subscriber\"", "\"kind\":\"Confirm\"",
            "\"value\":", "\"subject\":", "\"wizardLine\":", "\"lease\":", "\"state\":\"Completed\"", "\"state\":\"Unknown\"",
            "\"state\":\"NotExecuted\"", "\"state\":\"Intent\"", "\"code\":\"OK\"", "\"reason\":", "\"repeatOf\":", "\"note\":",
            "\"received\":", "\"changed\":", "}\n{",
        ],
        (input, watch) =>
        {
            List<JournalEntry> entries;
            try
            {
                entries = OrderPack.Unpack(input is [0, ..] ? input[1..] : Packed(input));
            }
            catch (FormatException e)
            {
                watch.Saw(e.Message);
                return;
            }

            watch.Saw($"orders {Math.Min(entries.Count, 3)}");
            foreach (var entry in entries) Judge(entry);
            var again = OrderPack.Unpack(OrderPack.Pack(entries, int.MaxValue, () => false, out var count));
            Watch.Ensure(count == entries.Count, "All orders fit.");
            // The first time hides a subscriber's number that stood there as it is.
            var twice = OrderPack.Unpack(OrderPack.Pack(again, int.MaxValue, () => false, out _));
            Watch.Ensure(twice.SequenceEqual(again), "Orders are read the same again.");
        }) with
    {
        FreeBytes = 8 * 1024 * 1024, // The compressor's buffers.
        BytesPerByte = 1024,
    };

    private static void Judge(JournalEntry entry)
    {
        Orders.Framed(entry.Order.Command, new Ppv.Protocol.LineNumber(1));
        Watch.Ensure(Enum.IsDefined(entry.State) && Enum.IsDefined(entry.Order.Command.Kind), "An order has a known state and kind.");
    }

    private static byte[] Packed(byte[] text)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true)) brotli.Write(text);
        return packed.ToArray();
    }

    private static async Task SucceedAsync(byte[] input, QueueKind kind, Watch watch)
    {
        var (clock, connection) = (new TestClock(Noon), new FakeConnection { Record = input });
        var policy = new LeadershipPolicy
        {
            Broker = new BrokerOptions { Hosts = ["kfs-gax"] },
            Rpc = new RpcOptions { QueueKind = kind, SingleActiveConsumer = true },
            Handover = new Memory(),
            Logger = PlainLogger.To(watch.CreateLogger("Ppv.Rpc.Server")),
            TimeProvider = clock,
        };
        var leadership = new QueueLeadership("queue q", connection.Lost, TimeSpan.FromSeconds(5), policy.IsByService, _ => { }, clock);
        var records = new LeaderRecords(connection, policy);
        var takeover = new Takeover(
            connection, policy, new LeadershipHistory(), records, new RecordKeeper(records, policy, leadership), leadership, service: null);
        var run = takeover.RunAsync(clock.GetTimestamp(), CancellationToken.None);
        for (var step = 0; !run.IsCompleted; step++)
        {
            Watch.Ensure(step < MostSteps, "A takeover has a bound.");
            clock.Advance(Step);
            if (step % StepsOfPause == 0) await Task.WhenAny(run, Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System));
        }

        await run;
        Watch.Ensure(connection.Record is { } left && LeaderRecord.Read(left) is { Identity: Self, State: LeaderRecordState.Active },
            "Who takes over leaves a record of its own.");
    }

    private static async Task ImportAsync(byte[] input, Watch watch)
    {
        var clock = new TestClock(Noon);
        var options = Options.Create(new PpvServerOptions());
        var journal = new InMemoryOrderJournal(null, clock);
        using var leases = new LineLeases(options, clock);
        var restore = new LeaseRestore(journal, leases, options, clock, watch.For<LeaseRestore>());
        var orders = new OrderHandover(journal, options, clock, watch.For<OrderHandover>());
        using var handover = new LeaseHandover(journal, leases, restore, orders, options, clock, watch.For<LeaseHandover>());
        try
        {
            var isWhole = input.AsSpan().StartsWith("{\"leases\""u8); // Else the lines alone, which are base64 in the whole.
            await handover.ImportAsync(isWhole ? input : HandoverJson.ToBytes(input, null), CancellationToken.None);
        }
        catch (FormatException e)
        {
            watch.Saw($"refused {e.Message}");
            return;
        }

        var told = leases.Export();
        watch.Saw($"taken over {Math.Min(told.Calls.Count, 2)} {Math.Min(told.Rests.Count, 2)}");
        foreach (var lease in told.Calls.SelectMany(call => new[] { call.Lease, call.LastEnded }).OfType<Lease>())
            Watch.Ensure(Enum.IsDefined(lease.State) && lease.Id is not null, "A lease has a name and a known state.");
        var bytes = LeaseSnapshotJson.ToBytes(told);
        var again = LeaseSnapshotJson.ToBytes(LeaseSnapshotJson.Read(bytes));
        Watch.Ensure(again.AsSpan().SequenceEqual(bytes), "Lines are read the same again.");
        clock.Advance(TimeSpan.FromHours(2));
        leases.Export();
    }

    /// <summary>Remembers nothing.</summary>
    private sealed class Memory : IHandover
    {
        public Task<string> IdentityAsync(CancellationToken cancellationToken) => Task.FromResult(Self);

        public Task ContinueAsync(DateTimeOffset? since, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<TimeSpan?> ImportAsync(ReadOnlyMemory<byte> remembered, CancellationToken cancellationToken) =>
            remembered.IsEmpty
                ? throw new FormatException("It is empty.")
                : Task.FromResult<TimeSpan?>(TimeSpan.FromMinutes(remembered.Length));

        public Task StartOverAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<ReadOnlyMemory<byte>> ExportAsync(CancellationToken cancellationToken) => Task.FromResult(ReadOnlyMemory<byte>.Empty);
    }
}
