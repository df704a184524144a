namespace Ppv.Hosting.Worker.Lines;

/// <summary>What a worker hands over of its lines.</summary>
internal sealed record LeaseSnapshot(IReadOnlyList<CallSnapshot> Calls, IReadOnlyList<RestingLine> Rests)
{
    /// <summary>When it was made, by the clock of all times in it; <see langword="null"/> where that was not said.</summary>
    public DateTimeOffset? At { get; init; }
}
