using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Ppv.Protocol.Validation;
using Ppv.Rpc;

namespace Ppv.Hosting;

/// <summary>
/// Binds a configuration section. A value of the wrong form ("ten" for a number) becomes a problem that the validation at start reports,
/// instead of an exception from whichever line of the host happens to ask for the options first.
/// </summary>
internal sealed class SectionBinder<TOptions>(IConfiguration section, StartupNotes notes) : IConfigureOptions<TOptions>
    where TOptions : class
{
    public void Configure(TOptions options)
    {
        foreach (var problem in QueueEntries.Problems(section)) notes.AddProblem(problem);
        try
        {
            section.Bind(options);
        }
        catch (InvalidOperationException e)
        {
            notes.AddProblem($"{e.Message} A time is written as 00:00:30, a switch as true or false.");
        }
    }
}

/// <summary>
/// Looks at the list of queues before it is bound: an entry that can't be read is left out without a word there, and calls would move.
/// </summary>
internal static class QueueEntries
{
    /// <param name="section">The section <c>Ppv</c>.</param>
    public static IEnumerable<string> Problems(IConfiguration section)
    {
        foreach (var entry in section.GetSection($"Rpc:{nameof(RpcOptions.Queues)}").GetChildren())
        {
            if (!string.IsNullOrEmpty(entry.Value))
                yield return $"{entry.Path} is {OptionRules.Show(entry.Value)}; it must be an entry with a {nameof(QueueRoute.Name)}, "
                    + $"such as {{ \"Name\": {OptionRules.Show(entry.Value)} }}.";
            if (entry[nameof(QueueRoute.From)] is { Length: > 0 } from && !DateTimeOffset.TryParse(
                from, CultureInfo.InvariantCulture, out _))
                yield return $"{entry.Path}:{nameof(QueueRoute.From)} is {OptionRules.Show(from)}; it must be a point in time with its "
                    + "offset from UTC, such as 2026-12-01T04:00:00+01:00.";
        }
    }
}

/// <summary>
/// Options as they are configured, not validated: for what must be known while the host is being built (the path to map, how long stopping
/// may take). The validation at start then says what is wrong with them, once, instead of an exception out of <c>Build</c>.
/// </summary>
internal static class RawOptions
{
    public static TOptions Get<TOptions>(IServiceProvider services) where TOptions : class =>
        new OptionsFactory<TOptions>(
            services.GetServices<IConfigureOptions<TOptions>>(),
            services.GetServices<IPostConfigureOptions<TOptions>>(),
            []).Create(Options.DefaultName);
}
