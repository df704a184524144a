using Ppv.Rpc.Presence;

namespace Ppv.Samples.Cli.Workers;

/// <summary>Who is on the bus, queue by queue. What <c>--json</c> prints.</summary>
/// <param name="Queues">The queues that somebody serves or sends to.</param>
/// <param name="Clients">Gateways and other clients, if they were asked for.</param>
/// <param name="Problems">Brokers that could not be asked, in full sentences.</param>
internal sealed record BusView(
    IReadOnlyList<QueueView> Queues, IReadOnlyList<PresenceReport>? Clients, IReadOnlyList<string> Problems)
{
    /// <summary>More than any site has: anybody on the bus can say that he serves queues without end.</summary>
    private const int MaxQueues = 200;

    /// <summary>Whether every queue has a worker that takes its orders.</summary>
    public bool IsServed => Queues.Count > 0 && Queues.All(queue => queue.IsServed);

    /// <param name="reports">What came.</param>
    /// <param name="queue">The only queue that counts; <see langword="null"/>: all.</param>
    /// <param name="withClients">Whether clients are to be listed.</param>
    /// <param name="problems">Brokers that could not be asked.</param>
    public static BusView Of(
        IReadOnlyList<PresenceReport> reports, string? queue, bool withClients, IReadOnlyList<string> problems)
    {
        var counted = reports.Where(report => queue is null || report.Queues.Contains(queue, StringComparer.Ordinal)).ToList();
        // A queue to which a gateway sends and that nobody serves is the one that matters most.
        List<string> names = queue is null
            ? [.. counted.SelectMany(report => report.Queues).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]
            : [queue];
        return new BusView(
            [.. names.Take(MaxQueues).Select(name => QueueView.Of(name, counted))],
            withClients ? [.. counted.Where(report => !IsServer(report))] : null,
            names.Count <= MaxQueues ? problems : [.. problems, FormattableString.Invariant(
                $"{names.Count - MaxQueues} more queues were named than the {MaxQueues} that are listed. Ask for yours with --queue.")]);
    }

    public static bool IsServer(PresenceReport report) => report.Place is not null;
}

/// <summary>A queue and its workers.</summary>
internal sealed record QueueView
{
    public required string Name { get; init; }

    /// <summary>Whether a worker takes its orders.</summary>
    public required bool IsServed { get; init; }

    /// <summary>What is wrong with it, in full sentences.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Its workers, those that take orders first.</summary>
    public required IReadOnlyList<PresenceReport> Workers { get; init; }

    public static QueueView Of(string name, IReadOnlyList<PresenceReport> reports)
    {
        var onQueue = reports.Where(report => report.Queues.Contains(name, StringComparer.Ordinal)).ToList();
        List<PresenceReport> workers = [.. onQueue.Where(BusView.IsServer).OrderByDescending(report => PresencePlace.Serves(report.Place))];
        var served = workers.Exists(worker => PresencePlace.Serves(worker.Place) && worker.IsReady);
        return new QueueView
        {
            Name = name,
            IsServed = served,
            Workers = workers,
            Notes = [.. NotesOn(name, workers, onQueue.Count - workers.Count, served)],
        };
    }

    private static IEnumerable<string> NotesOn(string name, List<PresenceReport> workers, int clients, bool served)
    {
        if (!served)
        {
            yield return workers.Count > 0
                ? $"No worker takes orders from queue {name} now; its workers are: "
                    + $"{string.Join(", ", workers.Select(worker => worker.Place))}."
                : $"No worker of queue {name} has answered{ClientsOf(clients)}. Start one. Old workers, "
                + "and those that the broker does not let be seen (event 1390 in their log), don't answer: 'rabbitmqctl list_consumers' on "
                + "the broker has them.";
        }

        var settings = workers.GroupBy(worker => worker.Configuration).ToList();
        if (settings.Count > 1)
            yield return $"The workers of queue {name} are not set alike, so the next leader may work otherwise than this one. "
                + $"Configuration {string.Join(", ", settings.Select(alike => $"{alike.Key ?? "(not told)"}: {Names(alike)}"))}. "
                + "Compare their settings.";
        var versions = workers.GroupBy(worker => worker.Version).ToList();
        if (versions.Count > 1)
            yield return $"The workers of queue {name} are of different versions: "
                + $"{string.Join(", ", versions.Select(alike => $"{alike.Key ?? "(not told)"}: {Names(alike)}"))}.";
        foreach (var worker in workers)
        {
            if (worker.Worker?.Journal is { } journal and not ("ok" or "memory"))
                yield return $"The journal of {NameOf(worker)} is in trouble. {journal}";
            if (!worker.IsReady) yield return $"{NameOf(worker)} is not ready. {worker.Description}";
        }

        if (workers.Sum(worker => worker.Worker?.UnknownConfirms ?? 0) is > 0 and var unknown)
            yield return unknown == 1 ? $"1 confirm of queue {name} is unknown and waits to be settled."
                : $"{unknown} confirms of queue {name} are unknown and wait to be settled.";
    }

    private static string ClientsOf(int clients) => clients switch
    {
        0 => "",
        1 => ", and 1 client sends to it",
        _ => $", and {clients} clients send to it",
    };

    private static string Names(IEnumerable<PresenceReport> workers) => string.Join(" and ", workers.Select(NameOf));

    private static string NameOf(PresenceReport worker) => $"{worker.Machine ?? "?"} ({worker.ProcessId})";
}
