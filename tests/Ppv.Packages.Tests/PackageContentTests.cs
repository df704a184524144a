using System.Text.RegularExpressions;
using System.Xml.Linq;
using Ppv.TestKit;

namespace Ppv.Packages.Tests;

public sealed partial class PackageContentTests(PackedPackages packages)
{
    public static TheoryData<string> Ids =>
        [PackedPackages.Protocol, PackedPackages.Rpc, PackedPackages.Hosting, PackedPackages.Testing, PackedPackages.OpenTelemetry];

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_package_says_what_it_is(string id)
    {
        var package = packages.Open(id);

        package.Text("id").ShouldBe(id);
        package.Text("description").Length.ShouldBeGreaterThan(50);
        package.Text("authors").ShouldNotBeEmpty();
        package.Text("tags").Split(' ').ShouldContain("pay-per-view");
        package.Element("license").Value.ShouldBe("MIT");
        ((string?)package.Element("license").Attribute("type")).ShouldBe("expression");
        package.Text("readme").ShouldBe("README.md");
        package.Text("releaseNotes").ShouldContain("CHANGELOG.md");
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_package_says_which_commit_it_was_built_from(string id)
    {
        var repository = packages.Open(id).Element("repository");

        ((string?)repository.Attribute("type")).ShouldBe("git");
        Uri.IsWellFormedUriString((string?)repository.Attribute("url"), UriKind.Absolute).ShouldBeTrue();
        CommitHash().IsMatch((string?)repository.Attribute("commit") ?? "").ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_package_holds_library_documentation_readme_and_symbols(string id)
    {
        var package = packages.Open(id);

        package.Files.ShouldContain($"lib/net10.0/{id}.dll");
        package.Files.ShouldContain($"lib/net10.0/{id}.xml");
        package.Files.ShouldContain("README.md");
        package.SymbolFiles().ShouldContain($"lib/net10.0/{id}.pdb");
    }

    [Fact]
    public void The_packages_are_one_stack()
    {
        var (protocol, rpc, hosting, testing) =
            (packages.Open(PackedPackages.Protocol), packages.Open(PackedPackages.Rpc), packages.Open(PackedPackages.Hosting),
             packages.Open(PackedPackages.Testing));

        rpc.Version.ShouldBe(protocol.Version);
        hosting.Version.ShouldBe(protocol.Version);
        testing.Version.ShouldBe(protocol.Version);
        Own(protocol).ShouldBeEmpty();
        packages.Open(PackedPackages.OpenTelemetry).Dependencies.Keys.ShouldBe(["OpenTelemetry.Api"]);
        Own(rpc).ShouldBe([PackedPackages.Protocol]);
        Own(hosting).ShouldBe([PackedPackages.Protocol, PackedPackages.Rpc], ignoreOrder: true);
        Own(testing).ShouldBe([PackedPackages.Protocol, PackedPackages.Rpc, PackedPackages.Hosting], ignoreOrder: true);
        foreach (var package in new[] { rpc, hosting, testing })
            package.Dependencies.Where(dependency => IsOwn(dependency.Key)).ShouldAllBe(
                dependency => dependency.Value == $"[{protocol.Version}]");
    }

    /// <summary>Internals may change with every release; a plain version would let a newer one in.</summary>
    [Theory]
    [MemberData(nameof(Ids))]
    public void Who_uses_the_internals_of_another_package_needs_exactly_its_version(string id)
    {
        var friends = XDocument.Load(RepositoryPaths.PathTo("src", id, $"{id}.csproj")).Descendants("InternalsVisibleTo")
            .Select(element => (string)element.Attribute("Include")!).Intersect(
            [PackedPackages.Protocol, PackedPackages.Rpc, PackedPackages.Hosting, PackedPackages.Testing]);

        foreach (var friend in friends) packages.Open(friend).Dependencies[id].ShouldBe($"[{packages.Open(id).Version}]", friend);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void What_a_package_needs_from_others_are_the_lowest_versions_that_work(string id)
    {
        var lowest = PinnedVersions.Lowest();

        foreach (var (name, version) in packages.Open(id).Dependencies.Where(dependency => !IsOwn(dependency.Key)))
            version.ShouldBe(lowest[name], name);
    }

    private static bool IsOwn(string id) => id.StartsWith("Ppv.", StringComparison.Ordinal);

    private static IEnumerable<string> Own(Package package) => package.Dependencies.Keys.Where(IsOwn);

    [GeneratedRegex("^[0-9a-f]{40}$")]
    private static partial Regex CommitHash();
}
