using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Ppv.Hosting.Running;

/// <summary>What the validation at start would refuse.</summary>
internal static class BrokenRules
{
    /// <summary>Validates as the start does.</summary>
    /// <returns>A sentence for each broken rule; <see langword="null"/> where there is none.</returns>
    public static IReadOnlyList<string>? Of(IServiceProvider services)
    {
        try
        {
            services.GetService<IStartupValidator>()?.Validate();
            if (services.GetService<IConfiguration>() is { } configuration) HttpAddresses.Of(configuration);
            return null;
        }
        catch (FormatException e)
        {
            return [e.Message];
        }
        catch (Exception e) when (In(e) is { } rules)
        {
            return rules;
        }
    }

    /// <summary>Gateway and worker in one program fail together, with many rules in common: each is said once.</summary>
    public static IReadOnlyList<string>? In(Exception e) => e switch
    {
        OptionsValidationException one => [.. one.Failures.Distinct(StringComparer.Ordinal)],
        AggregateException many when many.InnerExceptions.All(inner => inner is OptionsValidationException) =>
            [.. many.InnerExceptions.SelectMany(inner => ((OptionsValidationException)inner).Failures).Distinct(StringComparer.Ordinal)],
        _ => null,
    };
}
