using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

/// <summary>A caller of the model: what it asked for, and what it was told.</summary>
internal sealed class ModelCaller(string id)
{
    private readonly Dictionary<PpvCommandKind, long> _wishes = [];

    public string Id => id;

    /// <summary>What the voice platform would send next.</summary>
    public PpvCommandKind Next { get; set; }

    /// <summary>How often it asked for an event or named a subscriber.</summary>
    public int Asked { get; private set; }

    /// <summary>The last confirm that was written: its lease, the answer, and how much had been asked before it.</summary>
    public (string Lease, string? Answer, int Asked)? LastConfirm { get; set; }

    /// <summary>The lease of <see cref="Ok"/>.</summary>
    public string? OkSession { get; private set; }

    /// <summary>The EV and EN that Wizard answered OK in that lease.</summary>
    public Dictionary<PpvCommandKind, long> Ok { get; } = [];

    public long? WishOf(PpvCommandKind command) => _wishes.TryGetValue(command, out var number) ? number : null;

    public void Ask(PpvCommandKind command, long number)
    {
        Asked++;
        _wishes[command] = number;
    }

    public void NoteAnswer(ModelOrder order, bool isOk)
    {
        if (order.Command == PpvCommandKind.Confirm) return;
        if (OkSession != order.Lease!.Id) Ok.Clear();
        OkSession = order.Lease.Id;
        Ok.Remove(order.Command);
        if (isOk) Ok[order.Command] = order.Request.Number;
    }

    /// <summary>After a crash it is not known which of the last orders were executed.</summary>
    public void StartOver()
    {
        _wishes.Clear();
        Ok.Clear();
        LastConfirm = null;
    }
}
