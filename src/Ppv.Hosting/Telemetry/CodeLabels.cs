using System.Collections.Concurrent;
using Ppv.Protocol.Telemetry;

namespace Ppv.Hosting.Telemetry;

/// <summary>
/// Codes as labels of a metric. Wizard may say anything, and each label is a series that monitoring keeps: only the first ones of letters
/// and digits are told apart. Safe for use by several threads.
/// </summary>
/// <param name="limit">About how many are told apart.</param>
internal sealed class CodeLabels(int limit)
{
    private const int LongestCode = 16;
    private readonly ConcurrentDictionary<string, byte> _known = new(StringComparer.Ordinal);

    public string Of(string code)
    {
        if (_known.ContainsKey(code)) return code;
        if (code.Length is 0 or > LongestCode || !code.All(char.IsAsciiLetterOrDigit) || _known.Count >= limit) return TelemetryNames.Other;
        _known.TryAdd(code, 0);
        return code;
    }
}
