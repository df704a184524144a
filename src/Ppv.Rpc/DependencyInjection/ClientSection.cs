using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Ppv.Rpc.Settings;

namespace Ppv.Rpc;

/// <summary>
/// A client's options from a section of the configuration: lists come whole from one source, and what would be dropped fails the start.
/// </summary>
internal sealed class ClientSection(string name, IConfiguration section)
    : IConfigureNamedOptions<PpvClientOptions>, IValidateOptions<PpvClientOptions>
{
    /// <summary>Sections of the programs that may share a configuration with an application. What is in them is checked there.</summary>
    public static readonly IReadOnlyList<string> OfOtherPrograms = ["Gateway", "Server", "Wizard", "Access", "LogFile"];

    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(PpvClientOptions))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(BrokerOptions))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(BrokerTlsOptions))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(RpcOptions))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(QueueRoute))]
    private static OptionShape Shape() => OfOtherPrograms.Aggregate(
        OptionShape.Of(typeof(PpvClientOptions)), static (shape, other) => shape.With(other, OptionShape.Foreign));

    public void Configure(PpvClientOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? optionsName, PpvClientOptions options)
    {
        if (optionsName != name) return;
        var reading = SettingsReading.Of(section, Shape());
        reading.ClearLists(options);
        reading.ToConfiguration().Bind(options);
        options.Section = section is IConfigurationSection named ? named.Path : "";
    }

    /// <summary>Else the defaults would be used, and orders would go to this machine.</summary>
    private string Missing() => section is IConfigurationSection { Path: var path }
        ? $"There is no section {path} in the configuration, from which the client's options are to be. Name the one that holds Broker and "
            + "Rpc, or add the client without a section if the defaults are meant."
        : "The whole configuration was handed over for the client's options, and neither Broker nor Rpc stands at its top. Hand over their "
            + "section, such as configuration.GetSection(\"Ppv\").";

    public ValidateOptionsResult Validate(string? optionsName, PpvClientOptions options)
    {
        if (optionsName != name) return ValidateOptionsResult.Skip;
        var reading = SettingsReading.Of(section, Shape());
        IReadOnlyList<string> problems = reading.IsThere ? reading.Problems : [.. reading.Problems, Missing()];
        if (problems.Count == 0) return ValidateOptionsResult.Success;
        return ValidateOptionsResult.Fail(name.Length == 0 ? problems : problems.Select(problem => $"Client '{name}': {problem}"));
    }
}
