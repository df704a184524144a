using System.Globalization;
using Microsoft.Extensions.Configuration;
using Ppv.Rpc;

namespace Ppv.Hosting;

/// <summary>Looks at the list of queues before it is bound: an entry that can't be read is left out without a word there, and calls would move.</summary>
internal static class QueueEntries
{
    /// <param name="section">The section <c>Ppv</c>.</param>
    public static IEnumerable<string> Problems(IConfiguration section)
    {
        foreach (var entry in section.GetSection($"Rpc:{nameof(RpcOptions.Queues)}").GetChildren())
        {
            if (!string.IsNullOrEmpty(entry.Value))
                yield return $"{entry.Path} is {OptionRules.Show(entry.Value)}; it must be an entry with a {nameof(QueueRoute.Name)}, such as {{ \"Name\": {OptionRules.Show(entry.Value)} }}.";
            if (entry[nameof(QueueRoute.From)] is { Length: > 0 } from && !DateTimeOffset.TryParse(from, CultureInfo.InvariantCulture, out _))
                yield return $"{entry.Path}:{nameof(QueueRoute.From)} is {OptionRules.Show(from)}; it must be a point in time with its offset from UTC, such as 2026-12-01T04:00:00+01:00.";
        }
    }
}
