using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

/// <summary>A caller of the model: what it asked for, and what it was told.</summary>
internal sealed class ModelCaller(string id)
{
    private readonly Dictionary<PpvCommandKind, ModelWish> _wishes = [];
    private readonly HashSet<ModelWish> _replaced = [];

    public string Id => id;

    /// <summary>What the voice platform would send next.</summary>
    public PpvCommandKind Next { get; set; }

    /// <summary>The purchase that it is about.</summary>
    public string? Subject { get; set; }

    /// <summary>How often it asked for an event or named a subscriber.</summary>
    public int Asked { get; private set; }

    /// <summary>The last confirm that was written: its lease, the answer, its subject, and how much had been asked before it.</summary>
    public (string Lease, string? Answer, string? Subject, int Asked)? LastConfirm { get; set; }

    /// <summary>Every EV and EN that Wizard answered, which a caller may ask for again under its id.</summary>
    public List<ModelWish> Answered { get; } = [];

    public ModelWish? WishOf(PpvCommandKind command) => _wishes.GetValueOrDefault(command);

    public void Ask(ModelWish wish)
    {
        Asked++;
        if (_wishes.TryGetValue(wish.Kind, out var before)) _replaced.Add(before);
        _replaced.UnionWith(Answered.Where(other => other.Kind == wish.Kind && other != wish)); // A crash makes the last one forgotten.
        _wishes[wish.Kind] = wish;
    }

    /// <summary>Asks again under the id of an order that was answered.</summary>
    /// <returns>Whether it is told OK.</returns>
    public bool AskAgain(ModelWish wish)
    {
        var isOk = wish.OkLease is not null;
        // After a crash it is not known what was asked for last: this may be it.
        if (!isOk || (WishOf(wish.Kind) is { } last && last != wish)) Ask(isOk ? wish : new ModelWish(wish.Order, -1));
        return isOk;
    }

    /// <summary>Whether anything else was asked for of its kind since Wizard answered: then the line need not have it any more.</summary>
    public bool WasReplaced(ModelWish wish) => _replaced.Contains(wish);

    public void NoteAnswer(ModelOrder order, string? answer, string lease)
    {
        if (order.Command == PpvCommandKind.Confirm || answer is null) return;
        var wish = order.Wishes.Single(wish => wish.Kind == order.Command).Wish!;
        if (answer == "OK") wish.OkLease = lease;
        Answered.Add(wish);
    }

    /// <summary>After a crash it is not known which of the last orders were executed.</summary>
    public void StartOver()
    {
        _wishes.Clear();
        _replaced.UnionWith(Answered); // What the worker has on record of them, the restored lease need not have.
        LastConfirm = null;
    }
}
