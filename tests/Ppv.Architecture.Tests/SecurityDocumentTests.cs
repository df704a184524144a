using System.Text.RegularExpressions;
using Ppv.TestKit;

namespace Ppv.Architecture.Tests;

/// <summary>SECURITY.md: each row of its tables names a test, and each test that it names is there.</summary>
public partial class SecurityDocumentTests
{
    private static readonly string[] Lines = File.ReadAllLines(RepositoryPaths.PathTo("SECURITY.md"));

    [Fact]
    public void Each_row_names_a_test()
    {
        var rows = Lines.Where((line, at) => line.StartsWith('|') && !line.StartsWith("|--", StringComparison.Ordinal)
            && !Lines[at + 1].StartsWith("|--", StringComparison.Ordinal)).ToList();
        rows.Count.ShouldBeGreaterThan(40);
        rows.Where(row => !NamedTest().IsMatch(row.Split('|')[^2])).ShouldBeEmpty();
    }

    [Fact]
    public void Each_test_that_is_named_is_there()
    {
        var files = Directory.GetFiles(RepositoryPaths.PathTo("tests"), "*.cs", SearchOption.AllDirectories);
        var there = TestsIn(files.Select(File.ReadAllText));
        var named = Lines.SelectMany(line => NamedTest().Matches(line)).Select(match => match.Groups[1].Value).ToList();
        named.Count.ShouldBeGreaterThan(60);
        named.Except(there).ShouldBeEmpty();
    }

    [Fact]
    public void A_method_that_is_no_test_or_is_in_another_class_is_not_there() => TestsIn(
    [
        "class OneTests { [Fact] public void This_is_one() { } private void This_is_not() { } public void Nor_is_this() { } }",
        "class OtherTests { [Theory]\n[InlineData(1)]\npublic async Task That_is_one(int n) { } }",
    ]).Order().ShouldBe(["OneTests.This_is_one", "OtherTests.That_is_one"]);

    /// <summary>As <c>Class.Method</c>: what is public and has an attribute; a file has one class of tests.</summary>
    private static HashSet<string> TestsIn(IEnumerable<string> files) =>
    [
        .. from text in files
           let type = TestClass().Match(text)
           where type.Success
           from test in Test().Matches(text)
           select $"{type.Groups[1].Value}.{test.Groups[1].Value}",
    ];

    [GeneratedRegex(@"`(\w+Tests\.\w+)`")]
    private static partial Regex NamedTest();

    [GeneratedRegex(@"\bclass (\w+Tests)\b")]
    private static partial Regex TestClass();

    [GeneratedRegex(@"\](?:\s*//[^\n]*)?\s*public (?:async )?(?:void|Task) (\w+)\(")]
    private static partial Regex Test();
}
