using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Ppv.Rpc.Settings;

/// <summary>One source of a configuration: a file, the environment, the command line.</summary>
/// <param name="provider">Where its values are.</param>
/// <param name="prefix">What stands before each path there, where it is a part of another configuration.</param>
internal sealed partial class SettingSource(IConfigurationProvider provider, string prefix)
{
    /// <summary>As a sentence names it: "the environment".</summary>
    public string Name => provider switch
    {
        IPlacedProvider placed => placed.Name,
        _ => provider.GetType().Name switch
        {
            "EnvironmentVariablesConfigurationProvider" => "the environment",
            "CommandLineConfigurationProvider" => "the command line",
            "MemoryConfigurationProvider" => "the program itself",
            var type => InQuotes ?? type,
        },
    };

    /// <summary>Such as <c>ASPNETCORE_</c>, which .NET takes off the names of some variables.</summary>
    private string? Prefix => InQuotes;

    private string? InQuotes => Quoted().Match(provider.ToString() ?? "") is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>Where in it a key stands: "the environment variable Ppv__Broker__Hosts__0".</summary>
    public string PlaceOf(string path) => provider switch
    {
        IPlacedProvider placed => placed.PlaceOf(path),
        _ when provider.GetType().Name == "EnvironmentVariablesConfigurationProvider" =>
            $"the environment variable {Prefix}{path.Replace(":", "__", StringComparison.Ordinal)}",
        _ => Name,
    };

    /// <summary>The names at the top that have something below them.</summary>
    public IEnumerable<string> SectionNames() =>
        provider.GetChildKeys([], prefix.Length == 0 ? null : prefix).Distinct(StringComparer.OrdinalIgnoreCase)
            .Where(name => name.Length > 0 && NamesBelow(name).Any());

    /// <summary>The names of what stands below one of them.</summary>
    public IEnumerable<string> NamesBelow(string name) =>
        provider.GetChildKeys([], Combine(prefix, name)).Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>What it says at a path and below, as it is spelled there.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Below(string path)
    {
        var own = Combine(prefix, path);
        if (own.Length > 0 && provider.TryGet(own, out var value)) yield return KeyValuePair.Create(path, value);
        foreach (var name in provider.GetChildKeys([], own.Length == 0 ? null : own).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (own.Length == 0 && name.Length == 0) continue; // It would be the top once more, and nothing of ours is called so.
            // A name may be empty, as in Ppv__Access__Clients____Key: it is one all the same.
            foreach (var found in Below(path.Length == 0 ? name : $"{path}:{name}")) yield return found;
        }
    }

    /// <summary>The sources of a configuration, the strongest first; those of configurations within it are like the others.</summary>
    /// <param name="configuration">A whole configuration, or a section of one.</param>
    /// <param name="closed">Takes what lets nobody see its sources.</param>
    public static IReadOnlyList<SettingSource> Of(IConfiguration configuration, ICollection<IConfiguration> closed)
    {
        var found = new List<SettingSource>();
        // The paths that are asked for are those of the whole, whatever part of it is given here.
        Add(configuration is ConfigurationSection section ? RootOf(section) ?? configuration : configuration, "", found, closed);
        return found;
    }

    private static void Add(
        IConfiguration? configuration, string prefix, List<SettingSource> found, ICollection<IConfiguration> closed)
    {
        switch (configuration)
        {
            case IConfigurationRoot root:
                foreach (var provider in root.Providers.Reverse())
                {
                    if (provider is ChainedConfigurationProvider chained) Add(chained.Configuration, prefix, found, closed);
                    else found.Add(new SettingSource(provider, prefix));
                }

                break;
            case ConfigurationSection section when RootOf(section) is { } root:
                Add(root, Combine(section.Path, prefix), found, closed);
                break;
            case not null:
                closed.Add(configuration);
                break;
        }
    }

    /// <summary>A section has no public way to the whole that it is a part of, and without it nobody can tell its sources apart.</summary>
    private static IConfigurationRoot? RootOf(ConfigurationSection section)
    {
        try
        {
            return Root(section);
        }
        catch (MissingFieldException)
        {
            return null; // Another .NET: it is refused, and not read as before.
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_root")]
    private static extern ref IConfigurationRoot Root(ConfigurationSection section);

    private static string Combine(string before, string path) =>
        before.Length == 0 ? path : path.Length == 0 ? before : ConfigurationPath.Combine(before, path);

    /// <summary>
    /// Providers of files say "JsonConfigurationProvider for 'appsettings.json' (Optional)", that of the environment "… Prefix: 'X_'".
    /// </summary>
    [GeneratedRegex("'(.+)'")]
    private static partial Regex Quoted();
}

/// <summary>A provider that knows where its values stand.</summary>
internal interface IPlacedProvider
{
    /// <summary>The whole source, as a sentence names it.</summary>
    string Name { get; }

    /// <summary>Where a key stands, as a sentence names it.</summary>
    string PlaceOf(string path);
}
