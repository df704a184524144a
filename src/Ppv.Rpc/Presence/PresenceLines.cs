namespace Ppv.Rpc.Presence;

/// <summary>
/// How calls get their lines on some queues, from what their workers say. Pure. Old workers never answer, so where nobody does it is not
/// known; where a worker with leased lines works, it works alone, and no old one is beside it.
/// </summary>
/// <param name="Allocation"><see cref="Leased"/>, <see cref="Formula"/> or <see cref="Unknown"/>.</param>
/// <param name="FirstLine">The first line; <see langword="null"/> where it is not known.</param>
/// <param name="LastLine">The last line; <see langword="null"/> where it is not known.</param>
/// <param name="Reason">Why it is not known, as a sentence; <see langword="null"/> where it is.</param>
internal sealed record PresenceLines(string Allocation, int? FirstLine, int? LastLine, string? Reason)
{
    /// <summary>Each call has a line of its own, and every worker is a new one.</summary>
    public const string Leased = "Leased";

    /// <summary>The old formula: calls can share a line, and old workers may be on the queue.</summary>
    public const string Formula = "Modulo";

    /// <summary>Nobody says so: old workers may be on the queue.</summary>
    public const string Unknown = "Unknown";

    /// <summary>Workers answer at once; a busy machine is asked once more before nothing is known.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500), MorePatience = TimeSpan.FromSeconds(3);

    /// <summary>Asks the workers.</summary>
    /// <param name="ask">Asks on the bus, and waits for so long.</param>
    /// <param name="queues">The queues that count.</param>
    public static async Task<PresenceLines> AskAsync(
        Func<TimeSpan, Task<IReadOnlyList<PresenceReport>>> ask, IReadOnlyCollection<string> queues)
    {
        var lines = Of(await ask(Patience).ConfigureAwait(false), queues);
        return lines.Allocation == Unknown ? Of(await ask(MorePatience).ConfigureAwait(false), queues) : lines;
    }

    /// <param name="reports">What the workers have answered.</param>
    /// <param name="queues">The queues that count.</param>
    public static PresenceLines Of(IReadOnlyList<PresenceReport> reports, IEnumerable<string> queues)
    {
        var found = queues.Select(queue => OfOne(reports, queue)).ToList();
        return found.Find(lines => lines.Allocation == Unknown) ?? found.Find(lines => lines.Allocation == Formula)
            ?? found.MinBy(lines => lines.LastLine - lines.FirstLine) ?? NotKnown("There is no queue.");
    }

    public static PresenceLines NotKnown(string reason) => new(Unknown, null, null, reason);

    private static PresenceLines OfOne(IReadOnlyList<PresenceReport> reports, string queue)
    {
        var workers = reports.Where(report => PresencePlace.Serves(report.Place) && report.Queues.Contains(queue, StringComparer.Ordinal))
            .Select(report => report.Worker).OfType<WorkerDetails>().ToList();
        if (workers.Count == 0)
            return NotKnown($"No worker of queue '{queue}' has answered: there is none, or it is an old one, which never answers.");
        if (workers.Find(worker => worker.Allocation is not (Leased or Formula)) is not null)
            return NotKnown($"A worker of queue '{queue}' does not say how calls get their lines.");
        var counts = workers.Find(worker => worker.Allocation == Formula) ?? workers[0];
        return new PresenceLines(counts.Allocation!, counts.FirstLine, counts.LastLine, null);
    }
}
