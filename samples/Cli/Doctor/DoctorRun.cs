using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Ppv.Hosting;
using Ppv.Hosting.LegacyCfg;
using Ppv.Hosting.Preflight;
using Ppv.Hosting.Worker;
using Ppv.Hosting.Worker.Journal.Sqlite;
using Ppv.Protocol.Validation;
using Ppv.Rpc;
using Ppv.Samples.Cli.Http;

namespace Ppv.Samples.Cli.Doctor;

/// <summary>
/// Looks at one thing after the other, in the order of an order's way. It sends no order, declares no queue but its own one for answers,
/// which goes with its connection, and sends Wizard not a byte.
/// </summary>
internal sealed class DoctorRun(DoctorTarget patient, TimeProvider time)
{
    private static readonly TimeSpan HttpTimeout = TimeSpan.FromSeconds(5);

    /// <summary>As much as clocks may differ before a word is worth it; the header that is compared has whole seconds.</summary>
    private static readonly TimeSpan SkewLimit = TimeSpan.FromSeconds(2);

    private readonly HttpLook _http = new(HttpTimeout, time);

    public async IAsyncEnumerable<DoctorFinding> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var finding in Configuration()) yield return finding;
        if (patient.Program is { Problems.Count: > 0 })
        {
            yield return DoctorFinding.Skipped(
                "the rest", "Where the system is stands in a configuration that can't be used. Mend it first.");
            yield break;
        }

        await foreach (var finding in BrokerAsync(cancellationToken)) yield return finding;
        foreach (var finding in await WizardAsync(cancellationToken)) yield return finding;
        foreach (var finding in await GatewayAsync(cancellationToken)) yield return finding;
        yield return await WorkerAsync(cancellationToken);
        yield return Times();
        yield return Journal();
    }

    private IEnumerable<DoctorFinding> Configuration()
    {
        const string step = "configuration";
        if (patient.Program is not { } program)
        {
            yield return DoctorFinding.Skipped(step, "No file was given (--cfg, --appsettings).");
            yield break;
        }

        foreach (var problem in program.Problems) yield return DoctorFinding.Fault(step, problem);
        if (program.Problems.Count == 0)
            yield return DoctorFinding.Ok(
                step, $"A {(program.Role == LegacyRole.Worker ? "worker" : "gateway")} starts with it.");
        foreach (var warning in program.Warnings) yield return DoctorFinding.Warning(step, warning);
    }

    private async IAsyncEnumerable<DoctorFinding> BrokerAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (patient.Broker is not { } broker)
        {
            yield return DoctorFinding.Skipped("broker", "It is not known where the broker is (--amqp, --cfg, --appsettings).");
            yield break;
        }

        foreach (var host in broker.ParseHosts())
            await foreach (var finding in new BrokerChecks(patient, broker, host, time).RunAsync(cancellationToken))
                yield return finding;
        yield return await QueueArguments.LookAsync(patient, broker, _http, cancellationToken);
    }

    private async Task<IReadOnlyList<DoctorFinding>> WizardAsync(CancellationToken cancellationToken)
    {
        const string step = "Wizard";
        if (patient.Wizard is not { } wizard)
            return [DoctorFinding.Skipped(step, patient.Program is { Role: LegacyRole.Gateway }
                ? "A gateway does not speak with it."
                : "It is not known where it is (--wizard, --cfg, --appsettings).")];
        var options = Options.Create(new PpvServerOptions { Wizard = wizard });
        var findings = await new WizardPreflight(options, time).LookAsync(cancellationToken);
        return [.. findings.Select(finding => new DoctorFinding(step, LevelOf(finding.Verdict), finding.Text))];
    }

    private async Task<IReadOnlyList<DoctorFinding>> GatewayAsync(CancellationToken cancellationToken)
    {
        if (patient.Gateway is not { } address)
            return [DoctorFinding.Skipped(
                "gateway", "It is not known where a gateway is (--url).")];
        var (state, answer) = await AskAsync("gateway", address, cancellationToken);
        return
        [
            state,
            answer is null ? DoctorFinding.Skipped("clocks", "The gateway was to be asked for the time.") : Clocks("the gateway's", answer),
        ];
    }

    private async Task<DoctorFinding> WorkerAsync(CancellationToken cancellationToken) => patient.Worker is { } address
        ? (await AskAsync("worker", address, cancellationToken)).Finding
        : DoctorFinding.Skipped("worker", "It is not known where the running worker is (--board), so it was not asked how it fares.");

    /// <summary>Asks a program that runs how it is: it knows what can't be seen from outside.</summary>
    private async Task<(DoctorFinding Finding, HttpLookAnswer? Answer)> AskAsync(
        string step, Uri address, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await _http.GetAsync(HttpLook.Ready(address), null, cancellationToken);
            var said = HttpLook.OneLine(answer.Body);
            return ((int)answer.Status switch
            {
                200 when said.StartsWith("Healthy", StringComparison.Ordinal) => DoctorFinding.Ok(step, $"It says: {said}"),
                200 when said.StartsWith("Degraded", StringComparison.Ordinal) => DoctorFinding.Warning(step, $"It says: {said}"),
                503 => DoctorFinding.Fault(step, $"It takes no orders. It says: {said}"),
                var status => DoctorFinding.Warning(step, string.Create(CultureInfo.InvariantCulture,
                    $"{HttpLook.Ready(address)} answered {status}: it is not a {step} of this release, or something stands before it.")),
            }, answer);
        }
        catch (HttpLookException e)
        {
            return (DoctorFinding.Fault(step, $"{e.Message} Check that it runs, and the address."), null);
        }
    }

    /// <summary>Deadlines travel as points in time, so the clocks that matter are the gateway's and the worker's.</summary>
    public static DoctorFinding Clocks(string whose, HttpLookAnswer answer)
    {
        const string step = "clocks";
        if (answer.Date is not { } date) return DoctorFinding.Skipped(step, $"It did not say what time it is by {whose} clock.");
        var ahead = date + TimeSpan.FromSeconds(0.5) - answer.At;
        if (ahead.Duration() <= SkewLimit)
            return DoctorFinding.Ok(step, FormattableString.Invariant(
                $"This machine's clock and {whose} are less than {SkewLimit.TotalSeconds:0} s apart."));
        return DoctorFinding.Warning(step, string.Create(CultureInfo.InvariantCulture,
            $"{char.ToUpperInvariant(whose[0])}{whose[1..]} clock is about {ahead.Duration().TotalSeconds:0} s "
                + $"{(ahead > TimeSpan.Zero ? "ahead of" : "behind")} this machine's. If this is the worker's machine, orders are given up "
                + $"too early or started too late: keep the clocks by NTP, or set Ppv:Rpc:ClockSkew."));
    }

    private DoctorFinding Times()
    {
        const string step = "time-outs";
        if (patient.Program is null) return DoctorFinding.Skipped(step, "They stand in the files (--cfg, --appsettings).");
        var (ttl, wait) = (patient.Rpc.MessageTtl, patient.Rpc.ReplyTimeout);
        if (patient.Program.Role == LegacyRole.Worker)
            return DoctorFinding.Ok(step,
                $"An order lies in the queue for {OptionRules.Show(ttl)} at most (Ppv:Rpc:MessageTtl); gateways must say the same.");
        return ttl > wait
            ? DoctorFinding.Warning(step, OptionRules.Conflict("Ppv:Rpc:MessageTtl", ttl, "longer than", "Ppv:Rpc:ReplyTimeout", wait,
                "An old worker may execute an order whose caller has left; make both the same"))
            : DoctorFinding.Ok(step,
                $"An order lies in the queue for {OptionRules.Show(ttl)} at most, and its caller waits for {OptionRules.Show(wait)}.");
    }

    private DoctorFinding Journal()
    {
        const string step = "journal";
        if (patient.Journal is not { } path)
            return DoctorFinding.Skipped(step, "It is not known where a worker's journal is (--journal).");
        if (JournalTrial.WhyNot(path) is { } problem) return DoctorFinding.Fault(step, problem);
        try
        {
            var unknowns = new JournalView(path).Read(JournalQuery.Unknowns);
            return unknowns.Count == 0
                ? DoctorFinding.Ok(
                    step, $"{path} can be read and written, and no confirm waits to be settled.{JournalTrial.NotProved}")
                : DoctorFinding.Warning(step, string.Create(CultureInfo.InvariantCulture,
                    $"{unknowns.Count} confirms wait to be settled in {path}: see 'ppv journal unknown' and 'ppv journal settle'."));
        }
        catch (FileNotFoundException)
        {
            return patient.Program is null
                ? DoctorFinding.Fault(step, $"There is no file {path}. Ppv:Server:Journal:Path of the worker says where it is.")
                : DoctorFinding.Ok(step, $"There is no file {path} yet; the worker makes it, and it can be made.{JournalTrial.NotProved}");
        }
        catch (JournalUnavailableException e)
        {
            return DoctorFinding.Fault(step, e.Message);
        }
    }

    private static DoctorLevel LevelOf(Verdict verdict) => verdict switch
    {
        Verdict.Ok or Verdict.Todo => DoctorLevel.Ok,
        Verdict.Warn => DoctorLevel.Warning,
        _ => DoctorLevel.Fault,
    };
}
