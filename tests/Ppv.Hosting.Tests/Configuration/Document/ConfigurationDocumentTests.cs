using System.Text.RegularExpressions;
using Ppv.TestKit;

namespace Ppv.Hosting.Tests;

/// <summary>docs/configuration.md has every option, and says what the options classes say; and those say enough.</summary>
public class ConfigurationDocumentTests
{
    private static readonly IReadOnlyList<DocumentedOption> Options = [.. DocumentedSection.All().SelectMany(section => section.Options)];

    public static TheoryData<string> Keys => [.. Options.Select(option => option.Key)];

    [Fact]
    public void The_document_is_current()
    {
        var file = RepositoryPaths.PathTo(ConfigurationDocument.Path);
        var current = ConfigurationDocument.Write();
        if (Environment.GetEnvironmentVariable("PPV_UPDATE_DOCS") == "1") File.WriteAllText(file, current);
        var written = File.Exists(file) ? File.ReadAllText(file) : "";
        (written == current).ShouldBeTrue(
            $"{ConfigurationDocument.Path} is not what the options classes say. Run: {ConfigurationDocument.Command}");
    }

    [Fact]
    public void Every_options_class_of_the_packages_is_in_it()
    {
        var sections = DocumentedSection.All().Select(section => section.Type).ToHashSet();
        // Those that only hold sections have no option of their own.
        var others = DocumentedSection.Classes.Where(type => !sections.Contains(type)).Select(type => type.Name).Order();
        string.Join(", ", others).ShouldBe(
            "PpvClientOptions, PpvGatewayOptions, PpvServerOptions",
            "Hold it in the options of gateway or worker, or say in its documentation: Section <c>Ppv:Name</c>.");
    }

    /// <summary>Independently of how the document is made: what the binder would bind.</summary>
    [Theory]
    [InlineData(typeof(PpvGatewayOptions), "Ppv")]
    [InlineData(typeof(PpvServerOptions), "Ppv")]
    [InlineData(typeof(LogFileOptions), "Ppv:LogFile")]
    public void Every_option_is_in_it_with_its_variable(Type type, string section)
    {
        var document = ConfigurationDocument.Write();
        var options = OptionTree.Values(Activator.CreateInstance(type)!, section).ToList();
        options.Count.ShouldBeGreaterThanOrEqualTo(3);
        foreach (var option in options)
            document.ShouldContain($"\n| `{option.Path}`<br>`{option.Path.Replace(":", "__", StringComparison.Ordinal)}` |");
    }

    /// <summary>A page that tells an operator to set what is no option would be followed without effect, or into exit code 78.</summary>
    [Fact]
    public void Every_option_that_a_document_names_is_one()
    {
        var sections = DocumentedSection.All().Select(section => section.Path).Append("Ppv:Server").ToList();
        var documents = Directory.GetFiles(RepositoryPaths.PathTo("docs"), "*.md")
            .Concat(Directory.GetFiles(RepositoryPaths.PathTo("src"), "README.md", SearchOption.AllDirectories))
            .Append(RepositoryPaths.PathTo("README.md")).ToList();
        var named = documents.SelectMany(file => Regex.Matches(File.ReadAllText(file), @"\bPpv(:|__)[A-Z][A-Za-z]*(\1[A-Za-z0-9]+)*")
            .Select(
            match => (File: Path.GetFileName(file), Key: match.Value.Replace("__", ":", StringComparison.Ordinal)))).Distinct().ToList();

        named.Count.ShouldBeGreaterThan(50);
        named.Where(mention => !sections.Contains(mention.Key)
                && !Options.Any(option => Names(mention.Key, option)))
            .ShouldBeEmpty("No option has this key.");

        static bool Names(string key, DocumentedOption option) =>
            Regex.IsMatch(key, $"^{option.Key.Replace(DocumentedSection.AnyName, "[A-Za-z0-9]+", StringComparison.Ordinal)}$")
            || (option.IsList && (key == $"{option.Key}:0" || key == $"{option.Key}:1"));
    }

    [Fact]
    public void No_option_is_in_it_twice() => Options.Select(option => option.Key).ShouldBeUnique();

    [Fact]
    public void Every_key_of_the_old_files_is_in_it()
    {
        var document = ConfigurationDocument.Write();
        foreach (var key in LegacyKeys.Of(LegacyRole.Gateway).Concat(LegacyKeys.Of(LegacyRole.Worker)))
            document.ShouldContain($"`{key}`");
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void The_documentation_of_an_option_says_its_default_its_range_and_its_old_keys(string key)
    {
        var option = Options.Single(option => option.Key == key);
        var text = XmlDocumentation.Of(option.Property);
        text.ShouldNotBeEmpty();
        if (!option.Key.EndsWith(":Name", StringComparison.Ordinal)) // Of an entry of a list: has none.
        {
            text.ShouldContain("default", Case.Insensitive);
            if (option.Default is not null) ShouldSay(text, option.Default, "the default");
        }

        if (option.Bounds is { } bounds)
        {
            if (!RefersToAnotherOption(option)) ShouldSay(text, bounds.Min, "the lowest value");
            if (bounds.Max is int.MaxValue) text.ShouldContain("or more");
            else if (!RefersToAnotherOption(option)) ShouldSay(text, bounds.Max, "the highest value");
        }

        foreach (var old in option.LegacyKeys.Where(old => old.Form != LegacyForm.WithoutEffect)) text.ShouldContain($"`{old.Name}`");
    }

    /// <summary>A bound that is another option's value.</summary>
    private static bool RefersToAnotherOption(DocumentedOption option) =>
        option.Property.DeclaringType!.GetProperties().Any(
            other =>
                other != option.Property && XmlDocumentation.Of(option.Property).Contains($"`{other.Name}`", StringComparison.Ordinal));

    private static void ShouldSay(string text, object value, string what) =>
        DocumentedOption.InWords(value).Any(words => Regex.IsMatch(text, $@"(?<![\w,]){Regex.Escape(words)}(?![\w])"))
            .ShouldBeTrue($"\"{text}\" does not say {what}, {string.Join(" or ", DocumentedOption.InWords(value))}.");
}
