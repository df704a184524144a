namespace Ppv.Hosting.Worker.Journal;

/// <summary>What a worker needs to take up its lines after a restart, as the journal knows it. Immutable.</summary>
/// <param name="Leases">The newest lease of each call, in the order in which their last orders came.</param>
/// <param name="LastOnLines">
/// The lease that each line had last, also of orders without connid: whether the line must rest depends on that one alone, for nobody gets
/// a line before its rest is over.
/// </param>
internal sealed record RestoredLines(IReadOnlyList<RestoredLease> Leases, IReadOnlyList<RestoredLease> LastOnLines);
