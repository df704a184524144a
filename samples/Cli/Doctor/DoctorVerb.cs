using System.CommandLine;
using System.Globalization;
using Ppv.Hosting;
using Ppv.Hosting.Board;
using Ppv.Hosting.LegacyCfg;
using Ppv.Hosting.Preflight;
using Ppv.Hosting.Running;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Samples.Cli.Cfg;
using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Running;
using Ppv.Samples.Cli.Settings;
using Ppv.Samples.Cli.Targets;
using Spectre.Console;

namespace Ppv.Samples.Cli.Doctor;

/// <summary><c>ppv doctor</c>: looks at every part of an order's way, and says what to do where something is wrong.</summary>
internal static class DoctorVerb
{
    private const TargetParts Parts =
        TargetParts.Url | TargetParts.Amqp | TargetParts.Queue | TargetParts.Wizard | TargetParts.Board | TargetParts.Journal;

    /// <summary>
    /// How long a host may take over each step at least: a tool that has just started on a busy machine is slower than a program that runs,
    /// and that is no fault of the broker's.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Command Create(CliEnvironment environment)
    {
        var targets = new TargetOptions(environment);
        var cfg = new Option<string?>("--cfg") { Description = "The program's old file.", HelpName = "file" };
        var appSettings = new Option<string?>("--appsettings")
        {
            Description = "The program's appsettings.json; together with --cfg it wins, and this process's Ppv__ variables win over both.",
            HelpName = "file",
        };
        var role = new Option<LegacyRole?>("--role") { Description = "Whose files they are, gateway or worker. Default: they tell." };
        var management = new Option<string?>("--management")
        {
            Description = "The broker's management, such as http://kfs-gax:15672, which knows a queue's arguments; the broker's login is "
                + "sent to it.",
        };
        management.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && TargetRules.Uri(token.Value) is null)
                result.AddError("--management takes an http or https address, such as http://kfs-gax:15672.");
        });
        var json = CommonOptions.Json();
        var verb = new Verb("doctor", "Examines configuration, broker, queue, Wizard, gateway, clocks, time-outs and journal, a line each, "
            + "with what to do. Nothing is changed.",
            "ppv doctor --cfg /etc/ppv/ppv_srv.cfg", "ppv doctor --appsettings appsettings.json --url http://gw1:8070/api/v1/ppv",
            "ppv doctor --amqp amqp://ops:secret@kfs-gax/%2Fppv --queue prod.ppv.kfs --wizard billing:2000")
        {
            cfg, appSettings, role, management, json,
        };
        targets.AddTo(verb, Parts);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            var (oldFile, newFile) = (parsed.GetValue(cfg), parsed.GetValue(appSettings));
            var program = Program(parsed.GetValue(role), oldFile, newFile);
            // Addresses of a context that was not named have nothing to do with the files that were.
            var target = program is null ? targets.ResolveOrGuess(parsed, Parts, onlyIfNothing: true)
                : parsed.GetResult("--context") is not null ? targets.Resolve(parsed)
                : targets.Given(parsed);
            var patient = TargetOf(program, target, TargetRules.Uri(parsed.GetValue(management)), newFile);
            var findings = new List<DoctorFinding>();
            await foreach (var finding in new DoctorRun(patient, environment.Time).RunAsync(cancellationToken))
            {
                findings.Add(finding);
                if (!parsed.GetValue(json)) Write(environment, finding);
            }

            if (parsed.GetValue(json)) CliJson.Write(environment, findings);
            else environment.Console.WriteLine(Verdict(findings));
            return findings.Exists(finding => finding.Level == DoctorLevel.Fault) ? ExitCodes.NotOk : ExitCodes.Ok;
        });
        return verb;
    }

    private static ProgramSettings? Program(LegacyRole? role, string? cfg, string? appSettings)
    {
        if (cfg is null && appSettings is null) return null;
        role ??= cfg is not null ? CfgFile.RoleOf(cfg) : ProgramSettings.RoleOf(appSettings!);
        return ProgramSettings.Load(role.Value, cfg, appSettings, withEnvironment: true);
    }

    private static DoctorTarget TargetOf(ProgramSettings? program, Target target, Uri? management, string? appSettings)
    {
        var rpc = program?.Rpc ?? new RpcOptions();
        if (target.Queue is { } queue) (rpc.Queue, rpc.Queues) = (queue, []);
        var wizard = program?.Wizard;
        if (target.Wizard is { } address && TargetRules.TryHostAndPort(address, out var host, out var port))
            wizard = new WizardOptions { Host = host, Port = port };
        var broker = target.Amqp.Count > 0 ? AmqpAddress.ToOptions(target.Amqp, "ppv doctor") : program?.Broker;
        if (broker is not null && broker.DialTimeout < Patience) broker.DialTimeout = Patience;
        return new DoctorTarget
        {
            Program = program,
            Broker = broker,
            Rpc = rpc,
            Wizard = wizard,
            Gateway = target.Url,
            Worker = target.Board,
            Journal = target.Journal ?? JournalOf(program, appSettings),
            Management = management,
        };
    }

    /// <summary>A relative path is taken from the program's folder, where its appsettings.json is.</summary>
    private static string? JournalOf(ProgramSettings? program, string? appSettings)
    {
        if (program?.Server?.Journal.Path is not { Length: > 0 } path) return null;
        if (Path.IsPathRooted(path)) return path;
        return appSettings is null ? null : Path.Combine(Path.GetDirectoryName(Path.GetFullPath(appSettings))!, path);
    }

    private static void Write(CliEnvironment environment, DoctorFinding finding)
    {
        var (word, colour) = finding.Level switch
        {
            DoctorLevel.Ok => ("ok", "green"),
            DoctorLevel.Warning => ("warning", "yellow"),
            DoctorLevel.Fault => ("fault", "red"),
            _ => ("skipped", "grey"),
        };
        environment.Console.MarkupLine(
            $"[{colour}]{word,-7}[/]  {Printable.InMarkup(finding.Step)}: {Printable.InMarkup(finding.Text)}");
    }

    private static string Verdict(List<DoctorFinding> findings)
    {
        var (faults, warnings) = (Count(DoctorLevel.Fault), Count(DoctorLevel.Warning));
        return (faults, warnings) switch
        {
            (0, 0) => $"No fault was found{NotLookedAt(findings)}.",
            (0, _) => string.Create(CultureInfo.InvariantCulture, $"No fault was found{NotLookedAt(findings)}; {warnings} to look at."),
            _ => string.Create(CultureInfo.InvariantCulture, $"Faults: {faults}. Warnings: {warnings}."),
        };

        int Count(DoctorLevel level) => findings.Count(finding => finding.Level == level);
    }

    /// <summary>Of what was not looked at nothing is said to be well.</summary>
    private static string NotLookedAt(List<DoctorFinding> findings)
    {
        var steps = findings.Where(finding => finding.Level == DoctorLevel.Skipped).Select(finding => finding.Step).Distinct().ToList();
        return steps.Count == 0 ? "" : $" in what was looked at (not: {string.Join(", ", steps)})";
    }
}
