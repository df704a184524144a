namespace Ppv.Hosting.Worker.Lines.Handover;

/// <summary>Orders on record.</summary>
/// <param name="Packed">The orders: see <see cref="OrderPack"/>.</param>
/// <param name="Count">How many they are.</param>
/// <param name="CompleteFor">Every order that was begun so long before they were packed is among them.</param>
/// <param name="At">When they were packed, by the clock of all times in them.</param>
internal sealed record OrderSnapshot(byte[] Packed, int Count, TimeSpan CompleteFor, DateTimeOffset At);
