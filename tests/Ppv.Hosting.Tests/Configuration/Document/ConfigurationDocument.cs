using System.Reflection;
using System.Text;

namespace Ppv.Hosting.Tests;

/// <summary>docs/configuration.md, as the options classes have it.</summary>
internal static class ConfigurationDocument
{
    public const string Path = "docs/configuration.md";
    public const string Command = "PPV_UPDATE_DOCS=1 dotnet test tests/Ppv.Hosting.Tests --filter ConfigurationDocument";

    private const string Introduction = $"""
        # Configuration

        Every option of gateway and worker. This page is generated from the options classes: change their documentation, then run
        `{Command}`.

        ## Where an option is written

        The first one that says something wins:

        | | as in |
        |---|---|
        | the command line | `--Ppv:Broker:Hosts:0=kfs-gax` |
        | a secret in a file | [Deployment](deployment.md) |
        | an environment variable | `Ppv__Broker__Hosts__0=kfs-gax` |
        | `appsettings.json` beside the program | `"Ppv": &#123; "Broker": &#123; "Hosts": [ "kfs-gax" ] &#125; &#125;` |
        | the old file that `--cfg` names | `primary_host = kfs-gax` in the section `[RabbitMQ]` |
        | the default | |

        A *time* is written as `00:00:30`, with days `30.00:00:00`, with fractions of a second `00:00:00.5`. A *switch* is `true` or
        `false`. The entries of a *list* are numbered from 0, in their keys too (`Ppv:Broker:Hosts:0`). A wrong value stops the program
        at its start with exit code 78 and a message that names the key, the value and the range.

        ## What takes effect while the program runs

        When `appsettings.json` changes, the program reads it again (environment, command line and the old file are read at the start only):

        - Options that take effect *at once* are in effect for the next request; one that has begun goes by what was in effect then.
        - Of every other option that was changed a warning says (event 501): "Ppv:Broker:Hosts was changed; it takes effect when the
          program is started again."
        - When a value is wrong, or the file is no JSON, a warning says so (events 502, 503), and nothing is taken until it is put
          right.
        - The levels of the section `Logging` take effect at once, as everywhere in ASP.NET Core.

        Each change is logged with its key, never with a value.

        """;

    public static string Write()
    {
        var text = new StringBuilder(
            Introduction.Replace("&#123;", "{", StringComparison.Ordinal).Replace("&#125;", "}", StringComparison.Ordinal));
        var enums = new List<Type>();
        foreach (var section in DocumentedSection.All())
        {
            text.Append($"\n## {section.Path}\n\n{Summary(section)} Read by: {section.Programs}.\n\n");
            text.Append("| key, environment variable | kind | default | range | key of the old files | takes effect | "
                + "|\n|---|---|---|---|---|---|---|\n");
            foreach (var option in section.Options)
            {
                text.Append(
                    $"| `{option.Key}`<br>`{option.Variable}` | {option.Kind} | {option.ShownDefault} | {option.Range} | {OldKeys(option)} "
                    + $"| {option.TakesEffect} | {XmlDocumentation.Of(option.Property)} |\n");
                var type = Nullable.GetUnderlyingType(option.Property.PropertyType) ?? option.Property.PropertyType;
                if (type.IsEnum && type.Namespace!.StartsWith("Ppv", StringComparison.Ordinal) && !enums.Contains(type)) enums.Add(type);
            }
        }

        text.Append("\n## The names\n");
        foreach (var type in enums)
        {
            text.Append($"\n**{type.Name}**: {XmlDocumentation.Of(type)}\n\n");
            foreach (var value in type.GetFields(BindingFlags.Public | BindingFlags.Static))
                text.Append($"- `{value.Name}`: {XmlDocumentation.Of(value)}\n");
        }

        return text.ToString();
    }

    private static string Summary(DocumentedSection section) =>
        XmlDocumentation.Of(section.Type).Replace($" Section `{section.Path}`.", "", StringComparison.Ordinal);

    private static string OldKeys(DocumentedOption option) =>
        string.Join("<br>", option.LegacyKeys.Select(key => $"`{key}`{Unit(key.Form)}"));

    private static string Unit(LegacyForm form) => form switch
    {
        LegacyForm.Milliseconds => ", in ms",
        LegacyForm.Seconds => ", in s",
        LegacyForm.EndLine => ", one more than here",
        LegacyForm.WithoutEffect => ", without effect",
        _ => "",
    };
}
