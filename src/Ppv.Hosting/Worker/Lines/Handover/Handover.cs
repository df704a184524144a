namespace Ppv.Hosting.Worker.Lines.Handover;

/// <summary>What one worker leaves and the next one reads, as text: its lines, and what it has on record.</summary>
/// <param name="Leases">The calls and the lines.</param>
/// <param name="Orders">The orders on record; <see langword="null"/> when they could not be read.</param>
internal sealed record Handover(LeaseSnapshot Leases, OrderSnapshot? Orders);
