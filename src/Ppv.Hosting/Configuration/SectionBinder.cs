using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Ppv.Hosting.Configuration;

/// <summary>
/// Binds options from a configuration section. What can't be taken as it is written becomes a problem that the validation at start reports,
/// instead of being dropped, or of an exception from whichever line of the host happens to ask for the options first.
/// </summary>
/// <param name="settings">The section <c>Ppv</c>.</param>
/// <param name="below">Where the options are below it; empty for the section itself.</param>
/// <param name="notes">Takes what is wrong.</param>
internal sealed class SectionBinder<TOptions>(HostSettings settings, string below, StartupFindings notes) : IConfigureOptions<TOptions>
    where TOptions : class
{
    public void Configure(TOptions options)
    {
        var reading = settings.Read();
        foreach (var problem in reading.Problems) notes.AddProblem(problem);
        foreach (var warning in reading.Warnings) notes.AddWarning(warning);
        var configuration = reading.ToConfiguration();
        try
        {
            reading.ClearLists(options, below);
            (below.Length == 0 ? configuration : configuration.GetSection(below)).Bind(options);
        }
        catch (InvalidOperationException e)
        {
            notes.AddProblem($"{e.Message} A time is written as 00:00:30, a switch as true or false.");
        }
    }
}
