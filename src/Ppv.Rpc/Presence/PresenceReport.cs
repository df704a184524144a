using System.Text.Json;
using Ppv.Protocol.Text;

namespace Ppv.Rpc.Presence;

/// <summary>
/// What one instance (a client or a server of one process) says of itself when somebody asks who is on the bus. Immutable. Instances of
/// other versions may say more or less: what is not known here is ignored when a report is read.
/// </summary>
internal sealed record PresenceReport
{
    /// <summary>Of each list of names, this many are read; no instance of ours has more.</summary>
    public const int MaxNames = 64;

    private const int MaxName = 255, MaxSentence = 1_000;

    /// <summary>Made anew for each instance of a process.</summary>
    public required Guid Instance { get; init; }

    /// <summary><c>gateway</c>, <c>worker</c>, <c>client</c> (in an application) or <c>server</c>.</summary>
    public required string Role { get; init; }

    /// <summary>The name of its machine.</summary>
    public string? Machine { get; init; }

    public int ProcessId { get; init; }

    /// <summary>The version of the packages that it was built with.</summary>
    public string? Version { get; init; }

    /// <summary>When the instance was made, by its own clock.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When the report was made, by its own clock.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The queues that it serves, or sends to.</summary>
    public IReadOnlyList<string> Queues { get; init; } = [];

    /// <summary>The brokers over which the report came: several where the instance has connections to several.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>
    /// Where a server stands among those of its queue, see <see cref="PresencePlace"/>; <see langword="null"/> for a client.
    /// </summary>
    public string? Place { get; init; }

    /// <summary>Whether it can do its work, as <see cref="ConnectionStatus"/> says.</summary>
    public bool IsReady { get; init; }

    /// <summary>What it does, or why it is not ready, as a sentence.</summary>
    public string? Description { get; init; }

    /// <summary>Its settings without secrets, as a short hash: the same settings have the same one on every machine.</summary>
    public string? Configuration { get; init; }

    /// <summary>What only workers have.</summary>
    public WorkerDetails? Worker { get; init; }

    /// <summary>Figures of its traffic, in a form that is up to who makes and who shows them.</summary>
    public JsonElement? Figures { get; init; }

    /// <summary>The same with texts that may be shown, and no more of each than an instance of ours says.</summary>
    public PresenceReport Bounded() => this with
    {
        Role = PlainText.Of(Role, MaxName),
        Machine = Name(Machine),
        Version = Name(Version),
        Queues = Names(Queues),
        Hosts = Names(Hosts),
        Place = Name(Place),
        Description = Sentence(Description),
        Configuration = Name(Configuration),
        Worker = Worker is { } worker
            ? worker with { Allocation = Name(worker.Allocation), Journal = Sentence(worker.Journal) }
            : null,
    };

    private static string? Name(string? text) => text is null ? null : PlainText.Of(text, MaxName);

    private static string? Sentence(string? text) => text is null ? null : PlainText.Of(text, MaxSentence);

    /// <summary>The serializer lets lists be missing, and names in them.</summary>
    private static IReadOnlyList<string> Names(IReadOnlyList<string>? names) =>
        names is null ? [] : [.. names.OfType<string>().Take(MaxNames).Select(name => PlainText.Of(name, MaxName))];
}

/// <summary>What a worker says of its lines and its journal.</summary>
internal sealed record WorkerDetails
{
    public int FirstLine { get; init; }

    public int LastLine { get; init; }

    /// <summary>How calls get their lines: <c>Leased</c> or <c>Modulo</c>.</summary>
    public string? Allocation { get; init; }

    /// <summary>The lines on which a command is under way.</summary>
    public int BusyLines { get; init; }

    /// <summary><c>ok</c>; <c>memory</c> when the journal is on no disk; otherwise what is wrong with it, in full sentences.</summary>
    public string? Journal { get; init; }

    /// <summary>
    /// The confirms whose outcome is unknown and that nobody has settled; <see langword="null"/> when the journal can't tell.
    /// </summary>
    public int? UnknownConfirms { get; init; }
}
