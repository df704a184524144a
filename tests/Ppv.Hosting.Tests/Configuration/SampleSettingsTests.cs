using System.Collections;
using Ppv.TestKit;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Ppv.Rpc;

namespace Ppv.Hosting.Tests;

/// <summary>
/// The samples' appsettings.json show every option with its real default, commented out, so that an old --cfg file is not overruled.
/// </summary>
public class SampleSettingsTests
{
    [Fact]
    public void The_gateways_settings_are_complete_and_true() => Check<PpvGatewayOptions>("Gateway");

    [Fact]
    public void The_workers_settings_are_complete_and_true() => Check<PpvServerOptions>("Worker");

    private static void Check<TOptions>(string sample)
        where TOptions : class, new()
    {
        var text = File.ReadAllText(Path.Combine(RepositoryPaths.PathTo("samples"), sample, "appsettings.json"));
        Load(text).GetSection("Ppv").AsEnumerable().ShouldAllBe(setting => setting.Value == null || setting.Value == "");

        var section = Load(Regex.Replace(text, "^( *)// (\".*)$", "$1$2", RegexOptions.Multiline)).GetSection("Ppv");
        var expected = Flatten(new TOptions(), "").Concat(Flatten(new LogFileOptions(), "LogFile:"))
            .Concat(Flatten(new PpvAccessOptions(), "Access:")).ToDictionary();
        var actual = section.AsEnumerable(makePathsRelative: true)
            .Where(setting => setting.Key.Length > 0 && !section.GetSection(setting.Key).GetChildren().Any());
        actual.OrderBy(setting => setting.Key).Select(Show).ShouldBe(expected.OrderBy(setting => setting.Key).Select(Show));
    }

    private static string Show(KeyValuePair<string, string?> setting) =>
        $"{setting.Key} = {(string.IsNullOrEmpty(setting.Value) ? "null" : setting.Value)}";

    /// <summary>Every option by its path, with its default as the configuration writes it.</summary>
    private static IEnumerable<KeyValuePair<string, string?>> Flatten(object options, string path) =>
        options.GetType().GetProperties().SelectMany(property => property.GetValue(options) switch
        {
            { } nested when property.PropertyType.Name.EndsWith("Options", StringComparison.Ordinal) =>
                Flatten(nested, $"{path}{property.Name}:"),
            List<string> when property.Name == nameof(BrokerOptions.Hosts) =>
                [new($"{path}{property.Name}:0", "localhost")], // Left empty, they mean this.
            ICollection => [KeyValuePair.Create(path + property.Name, (string?)null)],
            bool value => [new(path + property.Name, value ? "True" : "False")],
            var value => [KeyValuePair.Create(path + property.Name, value?.ToString())],
        });

    private static IConfigurationRoot Load(string json) =>
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();

}
