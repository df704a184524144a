using System.CommandLine;
using System.Globalization;
using Ppv.Hosting;
using Ppv.Hosting.LegacyCfg;
using Ppv.Hosting.Running;
using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Running;
using Spectre.Console;

namespace Ppv.Samples.Cli.Cfg;

/// <summary><c>ppv cfg</c>: looks through an old configuration file, and makes an <c>appsettings.json</c> of it.</summary>
internal static class CfgVerb
{
    private const string PasswordVariable = "Ppv__Broker__Password";

    public static Command Create(CliEnvironment environment) => new Verb(
        "cfg", "Looks through the configuration files of the old system, and turns them into appsettings.json.",
        "ppv cfg check ppv_srv.cfg", "ppv cfg convert rest_api_gateway.cfg -o appsettings.json")
    {
        Check(environment), Convert(environment),
    };

    private static Verb Check(CliEnvironment environment)
    {
        var (file, role, json) = (File(), Role(), CommonOptions.Json());
        var verb = new Verb(
            "check", "Says what each key of an old file does now, and names those that have no effect or contradict each other.",
            "ppv cfg check /etc/ppv/ppv_srv.cfg", "ppv cfg check --json rest_api_gateway.cfg") { file, role, json };
        verb.SetAction(parsed =>
        {
            var found = CfgFile.Read(parsed.GetRequiredValue(file), parsed.GetValue(role)).Masked();
            if (parsed.GetValue(json)) CliJson.Write(environment, found);
            else Write(environment, found);
            return found.Problems.Count == 0 ? ExitCodes.Ok : ExitCodes.NotOk;
        });
        return verb;
    }

    private static Verb Convert(CliEnvironment environment)
    {
        var (file, role) = (File(), Role());
        var output =
            new Option<string?>("--output", "-o") { Description = "The file to write; without it, standard output.", HelpName = "file" };
        var force = new Option<bool>("--force") { Description = "Replaces a file that is there." };
        var withPassword = new Option<bool>("--with-password") { Description = "Writes the broker's password too, in clear." };
        var verb = new Verb("convert", "Makes an appsettings.json of an old file. The broker's password is left out.",
            "ppv cfg convert ppv_srv.cfg -o appsettings.json", "ppv cfg convert --with-password rest_api_gateway.cfg")
        {
            file, role, output, force, withPassword,
        };
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            var found = CfgFile.Read(parsed.GetRequiredValue(file), parsed.GetValue(role));
            foreach (var warning in found.Warnings) await environment.Error.WriteLineAsync($"warning  {Printable.Text(warning)}");
            foreach (var problem in found.Problems) await environment.Error.WriteLineAsync($"problem  {Printable.Text(problem)}");
            if (found.Problems.Count > 0)
            {
                await environment.Error.WriteLineAsync("Nothing was converted: no program would start with this file. Mend it first.");
                return ExitCodes.NotOk;
            }

            var json = AppSettings.Of(found, parsed.GetValue(withPassword));
            if (parsed.GetValue(output) is not { } path)
                await environment.Output.WriteLineAsync(json.AsMemory(), cancellationToken);
            else
            {
                // For its owner only, from the first byte on: it may have the password.
                using var whole = new WholeFile(path, parsed.GetValue(force), isForOwnerOnly: true);
                whole.Write(json + Environment.NewLine);
            }

            if (found.Settings.Any(setting => setting.NewKey == CfgFile.PasswordPath))
                await environment.Error.WriteLineAsync(parsed.GetValue(withPassword)
                    ? "warning  The broker's password is in it, in clear: keep the file from everybody but the service."
                    : $"The broker's password was left out. Give it to the program as the environment variable {PasswordVariable}, or as a "
                        + $"credential file of that name (docs/deployment.md); --with-password writes it.");
            return ExitCodes.Ok;
        });
        return verb;
    }

    private static Argument<string> File() => new("file") { Description = "The old file: rest_api_gateway.cfg or ppv_srv.cfg." };

    private static Option<LegacyRole?> Role() => new("--role")
    {
        Description = "Whose file it is, gateway or worker. Default: its sections tell.",
    };

    private static void Write(CliEnvironment environment, CfgFile found)
    {
        environment.Console.WriteLine(
            $"{Printable.Text(found.File)} is a {(found.Role == LegacyRole.Worker ? "worker's" : "gateway's")}.");
        var table = new TextTable("line", "old key", "new key", "value");
        foreach (var setting in found.Settings)
            table.Add(setting.Line?.ToString(CultureInfo.InvariantCulture) ?? "-", setting.OldKey ?? "(every old file)", setting.NewKey,
                setting.Value);
        table.Write(environment);
        foreach (var warning in found.Warnings) environment.Console.WriteLine($"warning  {Printable.Text(warning)}");
        foreach (var problem in found.Problems) environment.Console.WriteLine($"problem  {Printable.Text(problem)}");
        environment.Console.WriteLine((found.Problems.Count, found.Warnings.Count) switch
        {
            ( > 0, _) => "No program starts with this file as it is.",
            (_, > 0) => "It can be used as it is (--cfg); see whether the warnings are meant.",
            _ => "It can be used as it is (--cfg).",
        });
    }
}
