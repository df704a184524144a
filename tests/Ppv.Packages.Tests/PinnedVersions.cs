using System.Xml.Linq;
using Ppv.TestKit;

namespace Ppv.Packages.Tests;

/// <summary>The versions of other packages: the lowest that ours ask for, and the newest that they are tested with.</summary>
internal static class PinnedVersions
{
    public static IReadOnlyDictionary<string, string> Lowest() => Of("Include");

    public static IReadOnlyDictionary<string, string> Newest() => Of("Update");

    private static Dictionary<string, string> Of(string attribute) =>
        XDocument.Load(RepositoryPaths.PathTo("Directory.Packages.props")).Descendants("PackageVersion")
            .Where(element => element.Attribute(attribute) is not null)
            .ToDictionary(element => (string)element.Attribute(attribute)!, element => (string)element.Attribute("Version")!);
}
