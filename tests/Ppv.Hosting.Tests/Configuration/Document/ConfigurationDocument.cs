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

        One value is from the first of these that says it:

        | | as in |
        |---|---|
        | the command line | `--Ppv:Broker:Hosts:0=kfs-gax` |
        | a secret in a file | [Deployment](deployment.md) |
        | an environment variable | `Ppv__Broker__Hosts__0=kfs-gax` |
        | `appsettings.json` beside the program | `"Ppv": &#123; "Broker": &#123; "Hosts": [ "kfs-gax" ] &#125; &#125;` |
        | the old file that `--cfg` names | `primary_host = kfs-gax` in the section `[RabbitMQ]` |
        | the default | |

        **A list comes whole** from the first one that names any of it. `Ppv__Broker__Hosts__0=test` in the environment is the only host
        then: none of the old file's two is left behind it. A warning at start names the list that has no effect (event 24). An empty list
        (`[]` in a file, `Ppv__Broker__Hosts=` in the environment) is a list too.

        **What has names** (sections, and the clients of `Ppv:Access:Clients`) is put together option by option. So a client's `Role` may
        stand in `appsettings.json` and its `Key` in a secret of its own. A client that one source names is there, whatever the others say:
        to take it away, take it out of that source. A `Key` from one source beside a `KeyFile` from another one is refused.

        **An empty value is a value**: `Ppv__Server__Journal__Path=` is the empty path. Where an option may be *not set*, it is not set
        then, and the default of the program holds; where neither can be meant, it is a problem. To leave an option to a weaker source,
        take the variable away.

        A *time* is written as `00:00:30`, with days `30.00:00:00`, with fractions of a second `00:00:00.5`. A *switch* is `true` or
        `false`. The entries of a *list* are numbered from 0 without a gap, in their keys too (`Ppv:Broker:Hosts:0`). *One of a few names*
        is one of them, in upper or lower case, and no number.

        ## What stops the start

        Nothing that is written under `Ppv` is dropped. The program stops at its start, and a check (`--check`) ends, with exit code 78 and
        a message for each of these:

        - a value that is no value of its kind, or out of its range; the message names the key, the value and the rule;
        - a key that is not known; the message has the nearest known name ("did you mean Ppv:Broker:Hosts?") and where the key stands. It
          does not matter whether a stronger source says something else. `Ppv_Broker__Hosts__0`, with an underscore too few, is one too;
        - one value where a list or a section is meant, as `Ppv__Broker__Hosts=kfs-gax`, and something below what is one value;
        - a list with a gap, which counts on another source for what is missing.

        Gateway and worker know each other's keys: one file, or one environment, may serve both. Keys of an old file that are not known are
        warnings, as such files have them. A configuration whose sources can't be seen (a host's own `IConfiguration`) is refused.

        ## Where a value is from

        `--check` shows each value that a source names, with the source; a secret is `***`:

        ```
        set   Ppv:Broker:Hosts:0 = test-broker (the environment variable Ppv__Broker__Hosts__0)
        set   Ppv:Broker:Password = *** (the secret /run/credentials/ppv-worker.service/Ppv__Broker__Password)
        set   Ppv:Rpc:Queue = prod.ppv.kfs (/etc/ppv/ppv_srv.cfg, line 13 (--cfg))
        warn  Ppv:Broker:Hosts comes whole from the environment; what /etc/ppv/ppv_srv.cfg (--cfg) says of it has no effect.
        ```

        The start logs a line for each source, with keys and without values (event 25).

        ## What needs a restart

        A program reads its settings at the start. Restart it after each change; `--check` says beforehand what is wrong with one.

        | changed | without a restart |
        |---|---|
        | a client's key file (`Ppv:Access:Clients:NAME:KeyFile`) | read again within seconds |
        | a certificate, its key, a CA file (`Ppv:Broker:Tls`) | read again for the next connection |
        | everything else, the section `Logging` too | nothing happens until the next start |

        """;

    public static string Write()
    {
        var text = new StringBuilder(
            Introduction.Replace("&#123;", "{", StringComparison.Ordinal).Replace("&#125;", "}", StringComparison.Ordinal));
        var enums = new List<Type>();
        foreach (var section in DocumentedSection.All())
        {
            text.Append($"\n## {section.Path}\n\n{Summary(section)} Read by: {section.Programs}.\n\n");
            text.Append("| key, environment variable | kind | default | range | key of the old files | "
                + "|\n|---|---|---|---|---|---|\n");
            foreach (var option in section.Options)
            {
                text.Append(
                    $"| `{option.Key}`<br>`{option.Variable}` | {option.Kind} | {option.ShownDefault} | {option.Range} | {OldKeys(option)} "
                    + $"| {XmlDocumentation.Of(option.Property)} |\n");
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
