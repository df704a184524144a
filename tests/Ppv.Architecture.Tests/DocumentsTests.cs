using System.Text.RegularExpressions;
using Ppv.TestKit;

namespace Ppv.Architecture.Tests;

/// <summary>What the documents say of where something is leads there.</summary>
public partial class DocumentsTests
{
    [Theory]
    [InlineData("docs/architecture.md", 25)]
    [InlineData("docs/glossary.md", 25)]
    public void A_place_in_the_sources_that_is_named_is_there(string document, int atLeast)
    {
        var places = Place().Matches(File.ReadAllText(RepositoryPaths.PathTo(document))).Select(match => match.Groups[1].Value).ToList();
        places.Count.ShouldBeGreaterThanOrEqualTo(atLeast);
        places.Where(place => !Exists(place)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("a confirm fenced", "QueueLeadership", "RequestFence", "OrderExecution", "WizardClient")]
    [InlineData("a line leased", "LeaseTable")]
    [InlineData("a host chosen", "HostSelector")]
    [InlineData("a reply's caller found", "PendingRequests")]
    public void The_architecture_says_where_it_is(string what, params string[] types)
    {
        var row = File.ReadLines(RepositoryPaths.PathTo("docs/architecture.md"))
            .Single(line => line.StartsWith($"| {what} |", StringComparison.Ordinal));
        foreach (var type in types)
        {
            row.ShouldContain(type);
            Directory.GetFiles(RepositoryPaths.PathTo("src"), $"{type}.cs", SearchOption.AllDirectories).ShouldNotBeEmpty();
        }
    }

    private static bool Exists(string place)
    {
        var path = RepositoryPaths.PathTo($"src/{place}");
        return Directory.Exists(path) || File.Exists($"{path}.cs");
    }

    /// <summary>A package with a folder, or a file without its ending, in code quotes.</summary>
    [GeneratedRegex("`(Ppv\\.(?:Protocol|Rpc|Hosting|Testing)/[A-Za-z/]+)`")]
    private static partial Regex Place();
}
