namespace Ppv.Hosting.Worker.Journal;

/// <summary>An entry with times that can be compared with those of its call's others.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Received">When it came.</param>
/// <param name="Updated">When it was recorded last.</param>
internal readonly record struct DatedEntry(JournalEntry Entry, DateTimeOffset Received, DateTimeOffset Updated);
