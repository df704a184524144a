using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

/// <summary>
/// A Wizard that remembers, for each line, the last EV and EN and the leases that sent them; what was not answered it may still execute
/// later.
/// </summary>
internal sealed class ModelWizard
{
    private readonly Dictionary<LineNumber, Dictionary<PpvCommandKind, Item>> _memory = [];
    private readonly List<Item> _late = [];

    public int Purchases { get; private set; }

    public int LateExecutions { get; private set; }

    public void Execute(Item item)
    {
        if (!_memory.TryGetValue(item.Line, out var memory)) _memory[item.Line] = memory = [];
        if (item.Command != PpvCommandKind.Confirm)
        {
            memory[item.Command] = item;
            return;
        }

        Purchases++;
        var what = $"Wizard books for lease {item.Lease} of call {item.Call} on line {item.Line}";
        foreach (var (kind, wish) in item.Wishes)
        {
            memory.ShouldContainKey(kind, what);
            memory[kind].Lease.ShouldBe(item.Lease, $"{what} the {kind} of another lease.");
            if (wish is { } number) memory[kind].Number.ShouldBe(number, $"{what} another {kind} than the call asked for last.");
        }
    }

    public void ExecuteLater(Item item) => _late.Add(item);

    /// <summary>Before time moves: what must be executed by then is executed or never, by lot.</summary>
    public void PassUntil(DateTimeOffset time, Random random)
    {
        foreach (var item in _late.ToArray())
        {
            var isLastChance = item.LatestExecution <= time;
            if (!isLastChance && random.Next(2) == 0) continue;
            _late.Remove(item);
            if (random.Next(4) == 0) continue;
            Execute(item);
            LateExecutions++;
        }
    }

    /// <summary>A command that Wizard was sent.</summary>
    /// <param name="Number">Unique, so that it stands for the value.</param>
    /// <param name="Wishes">With a confirm: what the call asked for last, where that is known.</param>
    /// <param name="LatestExecution">When a command that was not answered is executed or never.</param>
    internal sealed record Item(
        LineNumber Line, string Lease, string Call, PpvCommandKind Command, long Number, (PpvCommandKind Kind, long? Number)[] Wishes,
        DateTimeOffset LatestExecution);
}
