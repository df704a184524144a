using BenchmarkDotNet.Attributes;
using Ppv.Hosting;
using Ppv.Hosting.Worker.Lines;
using Ppv.Protocol;

namespace Ppv.Benchmarks.Lines;

/// <summary>Which of 29 lines a call gets, and what a command costs on the line that its call holds.</summary>
[MemoryDiagnoser]
public class LineBenchmarks
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;
    private static readonly LineRange Range = new(1, 29);
    private static readonly ConnectionId Call = ConnectionId.Parse("012703395c597610");
    private static readonly PpvOrder Order = PpvOrder.Event(Call, "262193");
    private readonly LinePool _free = new(Range, null);
    private readonly LinePool _held = new(Range, null);
    private readonly LeaseTable _table = new(new WorkerOptions());

    [GlobalSetup]
    public void Setup()
    {
        // All but the last one.
        foreach (var line in Range.Lines().SkipLast(1)) _held.Hold(line, new CallState(ConnectionId.Parse($"{line.Value:x}")));
        // As many calls have lines as a busy worker has.
        for (var call = 1; call < Range.Count; call++) RunCommand(PpvOrder.Event(ConnectionId.Parse($"{call:x}"), "1"));
    }

    [Benchmark]
    public int FindOwnLine() => _free.Find(Call, Now)!.Value.Value;

    [Benchmark]
    public int FindOtherLine() => _held.Find(Call, Now)!.Value.Value;

    [Benchmark]
    public void RunCommandOnItsLine() => RunCommand(Order);

    private void RunCommand(PpvOrder order) =>
        _table.Complete(_table.Enter(order, Now), CommandEnd.Answered, ResultCodes.Ok, Now);
}
