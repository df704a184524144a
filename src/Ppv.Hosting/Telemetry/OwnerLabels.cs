using Ppv.Protocol.Telemetry;

namespace Ppv.Hosting.Telemetry;

/// <summary>
/// Owners of calls as labels of a metric: only the first ones are told apart, for each label is a series that monitoring keeps. Safe for
/// use by several threads.
/// </summary>
/// <param name="limit">How many are told apart.</param>
internal sealed class OwnerLabels(int limit)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <returns>The label; <see langword="null"/> for nobody in particular.</returns>
    public string? Of(string owner)
    {
        if (owner.Length == 0) return null;
        lock (_lock) return _known.Contains(owner) || (_known.Count < limit && _known.Add(owner)) ? owner : TelemetryNames.Other;
    }
}
