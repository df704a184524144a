using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Ppv.Hosting.Tests;

/// <summary>What the sources say of a type or a member, from the documentation file beside its assembly, as Markdown on one line.</summary>
internal static partial class XmlDocumentation
{
    private static readonly Dictionary<Assembly, Dictionary<string, XElement>> Files = [];

    public static string Of(Type type) => Of(type.Assembly, $"T:{type.FullName}");

    public static string Of(MemberInfo member) =>
        Of(member.DeclaringType!.Assembly, $"{(member is PropertyInfo ? 'P' : 'F')}:{member.DeclaringType.FullName}.{member.Name}");

    /// <summary>The section that a class's documentation names.</summary>
    public static string? SectionOf(Type type) => Section().Match(Of(type)) is { Success: true } match ? match.Groups[1].Value : null;

    private static string Of(Assembly assembly, string name)
    {
        lock (Files)
        {
            if (!Files.TryGetValue(assembly, out var members))
                Files[assembly] = members = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member")
                    .ToDictionary(member => (string)member.Attribute("name")!);
            return members.TryGetValue(name, out var found) && found.Element("summary") is { } summary ? Markdown(summary) : "";
        }
    }

    private static string Markdown(XElement element) =>
        Spaces().Replace(string.Concat(element.Nodes().Select(Markdown)), " ").Trim();

    private static string Markdown(XNode node) => node switch
    {
        XText text => text.Value.Replace("<", "&lt;", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal),
        XElement { Name.LocalName: "see" } see => $"`{NameOf(see)}`",
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement other => $" {string.Concat(other.Nodes().Select(Markdown))} ",
        _ => "",
    };

    private static string NameOf(XElement see) =>
        (string?)see.Attribute("langword") ?? ((string?)see.Attribute("cref"))?.Split('(')[0].Split('.')[^1] ?? see.Value;

    [GeneratedRegex("Section `(Ppv[A-Za-z:]*)`")]
    private static partial Regex Section();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
