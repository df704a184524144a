using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Ppv.Hosting;

/// <summary>
/// Binds a configuration section. A value of the wrong form ("ten" for a number) becomes a problem that the validation at start reports, instead of an
/// exception from whichever line of the host happens to ask for the options first.
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
