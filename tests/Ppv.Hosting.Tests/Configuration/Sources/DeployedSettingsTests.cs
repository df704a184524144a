using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Ppv.Rpc.Settings;
using Ppv.TestKit;

namespace Ppv.Hosting.Tests;

/// <summary>What is shipped has no key that the programs refuse: neither as it is, nor when an operator uncomments a line.</summary>
public class DeployedSettingsTests
{
    private static readonly OptionShape Shape = ProgramOptions.Shape
        .With("LogFile", OptionShape.Of(typeof(LogFileOptions))).With("Access", OptionShape.Of(typeof(PpvAccessOptions)));

    /// <summary>Units, environment files, containers, scripts, and the files that a site is made of.</summary>
    public static TheoryData<string> Files =>
    [
        .. ((string[])["samples", "eng"])
            .SelectMany(folder => Directory.GetFiles(RepositoryPaths.PathTo(folder), "*", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(RepositoryPaths.PathTo("."), file))
            .Where(file => !Regex.IsMatch(file, @"(^|[\\/])(bin|obj)[\\/]")
                && Regex.IsMatch(file, @"\.(service|yaml|conf|json|sh|md|cs|html)$")),
    ];

    [Fact]
    public void Each_key_that_is_written_there_is_known()
    {
        var named = Files.SelectMany(file => Regex.Matches(
            File.ReadAllText(RepositoryPaths.PathTo(file.Data)), @"\bPpv(__|:)[A-Z][A-Za-z]*((__|:)[A-Za-z0-9]+)*").Select(
            match => (File: file.Data, Key: match.Value.Replace("__", ":", StringComparison.Ordinal)))).Distinct().ToList();

        named.Count.ShouldBeGreaterThan(20);
        named.Where(mention => Problems(mention.Key).Any(problem => problem.Contains("is not known", StringComparison.Ordinal)))
            .ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Gateway")]
    [InlineData("Worker")]
    public void The_programs_settings_can_be_taken_as_they_are_and_with_every_line_uncommented(string sample)
    {
        var text = File.ReadAllText(RepositoryPaths.PathTo(Path.Combine("samples", sample, "appsettings.json")));
        foreach (var json in (string[])[text, Regex.Replace(text, "^( *)// (\".*)$", "$1$2", RegexOptions.Multiline)])
            SettingsReading.Of(Load(json), Shape).Problems.ShouldBeEmpty();
    }

    [Fact]
    public void The_shops_settings_can_be_taken()
    {
        var section = Load(File.ReadAllText(RepositoryPaths.PathTo("samples/Embedding/appsettings.json")));
        using var provider = new ServiceCollection().AddLogging().AddPpvClient(section).BuildServiceProvider();
        Should.NotThrow(() => provider.GetRequiredService<IStartupValidator>().Validate());
    }

    private static IReadOnlyList<string> Problems(string key) => SettingsReading.Of(
        new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(key, (string?)"")]).Build().GetSection("Ppv"), Shape)
        .Problems;

    private static IConfigurationSection Load(string json) =>
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build().GetSection("Ppv");
}
