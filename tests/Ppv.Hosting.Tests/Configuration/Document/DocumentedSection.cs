using System.Reflection;
using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Hosting.Tests;

/// <summary>The options of one class at one place of the configuration.</summary>
/// <param name="Path">Such as <c>Ppv:Broker</c>.</param>
/// <param name="Type">The options class.</param>
/// <param name="Programs">Which programs read it.</param>
/// <param name="Options">Its own options, without those of sections below it.</param>
internal sealed record DocumentedSection(string Path, Type Type, string Programs, IReadOnlyList<DocumentedOption> Options)
{
    /// <summary>Stands for the name that an operator gives to an entry.</summary>
    public const string AnyName = "NAME";

    private static readonly Assembly[] Packages =
        [typeof(PpvOrder).Assembly, typeof(RpcOptions).Assembly, typeof(PpvServerOptions).Assembly];

    /// <summary>Every options class of the packages.</summary>
    public static IEnumerable<Type> Classes =>
        Packages.SelectMany(package => package.GetExportedTypes())
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.Name.EndsWith("Options", StringComparison.Ordinal));

    /// <summary>
    /// Every section: those below the options of gateway and worker, and each options class that neither holds but whose documentation
    /// names a section, such as the log file's.
    /// </summary>
    public static IReadOnlyList<DocumentedSection> All()
    {
        var gateway = Below(new PpvGatewayOptions(), "Ppv", "gateway").ToList();
        var worker = Below(new PpvServerOptions(), "Ppv", "worker").ToList();
        var both = gateway.Select(section => section.Path).Intersect(worker.Select(section => section.Path)).ToHashSet();
        var found = gateway.Concat(worker.Where(section => !both.Contains(section.Path)))
            .Select(section => both.Contains(section.Path) ? section with { Programs = "gateway and worker" } : section)
            .ToList();
        var held = found.Select(section => section.Type).Concat([typeof(PpvClientOptions), typeof(PpvServerOptions)]).ToHashSet();
        var others = Classes.Where(type => !held.Contains(type) && XmlDocumentation.SectionOf(type) is not null)
            .SelectMany(type => Below(Activator.CreateInstance(type)!, XmlDocumentation.SectionOf(type)!, "gateway and worker"));
        return [.. found.Concat(others).Where(section => section.Options.Count > 0)];
    }

    private static IEnumerable<DocumentedSection> Below(object options, string path, string programs)
    {
        var sections = new List<DocumentedSection>();
        var own = new List<DocumentedOption>();
        foreach (var property in OptionTree.PropertiesOf(options))
        {
            var (key, value) = ($"{path}:{property.Name}", property.GetValue(options));
            if (OptionTree.IsSection(property.PropertyType))
            {
                sections.AddRange(Below(value ?? Activator.CreateInstance(property.PropertyType)!, key, programs));
                continue;
            }

            var option = new DocumentedOption(key, property, value);
            own.Add(option);
            var (entry, name) = property.PropertyType.GetGenericArguments() switch
            {
                [var element] => (element, "0"),
                [_, var named] => (named, AnyName),
                _ => (null, ""),
            };
            if (option.IsList && entry is not null && OptionTree.IsSection(entry))
                own.AddRange(Below(Activator.CreateInstance(entry)!, $"{key}:{name}", programs).SelectMany(section => section.Options));
        }

        return sections.Prepend(new DocumentedSection(path, options.GetType(), programs, own));
    }
}
