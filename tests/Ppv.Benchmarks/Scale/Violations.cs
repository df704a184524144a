namespace Ppv.Benchmarks.Scale;

/// <summary>How often a promise of docs/delivery.md was not kept.</summary>
internal sealed class Violations
{
    /// <summary>Wizard booked a confirm more than once.</summary>
    public int Twice { get; set; }

    /// <summary>Wizard booked what the confirm's call had not asked for.</summary>
    public int AnothersEvent { get; set; }

    /// <summary>A caller was told OK without a purchase, or a purchase that its caller does not know of stands in no journal.</summary>
    public int Lost { get; set; }

    /// <summary>A caller was told that nothing was bought, and it was.</summary>
    public int BoughtAfterNo { get; set; }

    /// <summary>A confirm had no end.</summary>
    public int NeverTold { get; set; }

    /// <summary>An answer came after its caller's deadline.</summary>
    public int Late { get; set; }

    public int Total => Twice + AnothersEvent + Lost + BoughtAfterNo + NeverTold + Late;

    public override string ToString() => Total == 0 ? "none" :
        $"{Twice} bought twice, {AnothersEvent} bought another's event, {Lost} lost, {BoughtAfterNo} bought after a no, "
            + $"{NeverTold} never told, {Late} late";

    public void Add(Violations other)
    {
        Twice += other.Twice;
        AnothersEvent += other.AnothersEvent;
        Lost += other.Lost;
        BoughtAfterNo += other.BoughtAfterNo;
        NeverTold += other.NeverTold;
        Late += other.Late;
    }
}
