namespace Ppv.Hosting;

/// <summary>What a worker hands over of its lines.</summary>
internal sealed record LeaseSnapshot(IReadOnlyList<CallSnapshot> Calls, IReadOnlyList<RestingLine> Rests);
