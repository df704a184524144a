using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Ppv.Hosting;
using Ppv.Hosting.LegacyCfg;
using Ppv.Hosting.Preflight;
using Ppv.Protocol.Network;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Brokers.RabbitMq;
using Ppv.Rpc.Presence;

namespace Ppv.Samples.Cli.Doctor;

/// <summary>One RabbitMQ host, from its name to a message to oneself; each step needs those before it.</summary>
internal sealed class BrokerChecks(DoctorTarget patient, BrokerOptions broker, BrokerHost host, TimeProvider time)
{
    /// <summary>Who is there answers at once; this is for a busy machine.</summary>
    private static readonly TimeSpan BusPatience = TimeSpan.FromSeconds(1);

    private readonly string _place = host.ToString();

    public async IAsyncEnumerable<DoctorFinding> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!IPAddress.TryParse(host.Name, out _))
        {
            var name = await NameAsync(cancellationToken);
            yield return name;
            if (name.Level == DoctorLevel.Fault)
            {
                yield return Skipped("TCP, login, virtual host, queue and round trip");
                yield break;
            }
        }

        var port = await PortAsync(cancellationToken);
        yield return port;
        if (port.Level == DoctorLevel.Fault)
        {
            yield return Skipped("login, virtual host, queue and round trip");
            yield break;
        }

        var (connection, login) = await LoginAsync(cancellationToken);
        yield return login;
        if (connection is null)
        {
            yield return Skipped("queue and round trip");
            yield break;
        }

        string?[] doubts =
            [BrokerReleases.DoubtOf(connection.Release, broker), BrokerReleases.DoubtOf(connection.Release, patient.Rpc.QueueKind)];
        foreach (var doubt in doubts.OfType<string>()) yield return DoctorFinding.Warning("release", doubt);
        await using (connection)
        {
            foreach (var queue in patient.Rpc.QueueNames) yield return await QueueAsync(connection, queue, cancellationToken);
            yield return await RoundTripAsync(connection, cancellationToken);
            foreach (var finding in await ClocksAsync(cancellationToken)) yield return finding;
        }
    }

    private async Task<DoctorFinding> NameAsync(CancellationToken cancellationToken)
    {
        const string step = "DNS";
        try
        {
            var lookup = Dns.GetHostAddressesAsync(host.Name, cancellationToken);
            var addresses = await lookup.WaitAsync(broker.DialTimeout, time, cancellationToken);
            return DoctorFinding.Ok(step, $"{host.Name} is {string.Join(", ", addresses.Select(address => address.ToString()))}.");
        }
        catch (SocketException e)
        {
            return DoctorFinding.Fault(step, $"{host.Name} has no address: {e.Message.TrimEnd('.')}. Check the name in Ppv:Broker:Hosts "
                + "(primary_host and backup_host of an old file), and this machine's resolver.");
        }
        catch (TimeoutException)
        {
            return DoctorFinding.Fault(step, FormattableString.Invariant(
                $"Nobody said what {host.Name} is within {broker.DialTimeout.TotalSeconds} s. Check this machine's resolver."));
        }
    }

    private async Task<DoctorFinding> PortAsync(CancellationToken cancellationToken)
    {
        const string step = "TCP";
        var started = time.GetTimestamp();
        using var limit = new CancellationTokenSource(broker.DialTimeout, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var socket = await SideBySideDialer.DialAsync(host.Name, host.Port, time, end.Token);
            return DoctorFinding.Ok(step, $"{_place} accepts connections, in {Milliseconds(started)} ms.");
        }
        catch (SocketException e)
        {
            return DoctorFinding.Fault(step, $"{_place}: {e.Message.TrimEnd('.')}. Check that RabbitMQ runs there, its port, and the "
                + "firewalls on the way.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return DoctorFinding.Fault(step, FormattableString.Invariant(
                $"{_place} did not answer within {broker.DialTimeout.TotalSeconds} s: a firewall swallows it, or the host is down."));
        }
    }

    private async Task<(IBrokerConnection? Connection, DoctorFinding Finding)> LoginAsync(CancellationToken cancellationToken)
    {
        const string step = "login";
        var (started, own) = (time.GetTimestamp(), broker.For(host));
        try
        {
            var connection = await new RabbitMqDialer(broker, time).DialAsync(host, "ppv doctor", cancellationToken);
            return (connection, DoctorFinding.Ok(step,
                $"{_place} lets user '{own.UserName}' into virtual host '{own.VirtualHost}', in {Milliseconds(started)} ms."));
        }
        catch (BrokerException e)
        {
            return (null, DoctorFinding.Fault(step, e.Message));
        }
    }

    private async Task<DoctorFinding> QueueAsync(IBrokerConnection connection, string queue, CancellationToken cancellationToken)
    {
        const string step = "queue";
        try
        {
            var counts = await connection.CountAsync(queue, cancellationToken);
            var waiting = string.Create(CultureInfo.InvariantCulture, $"{counts.Messages} orders wait in it");
            if (counts.Consumers > 0)
                return DoctorFinding.Ok(step, string.Create(CultureInfo.InvariantCulture,
                    $"{_place} has queue '{queue}', {counts.Consumers} {(counts.Consumers == 1 ? "worker takes" : "workers take")} orders "
                        + $"from it, and {waiting}."));
            var text = $"{_place} has queue '{queue}', nobody takes orders from it, and {waiting}. Start a worker, or see its log.";
            // For a worker that is about to be started, nobody is as it should be.
            return patient.Program is { Role: LegacyRole.Worker } ? DoctorFinding.Warning(step, text) : DoctorFinding.Fault(step, text);
        }
        catch (BrokerException e) when (e.NeedsAttention && patient.Program is not null && patient.Rpc.QueueKind != QueueKind.Passive)
        {
            return DoctorFinding.Warning(
                step, $"{_place} has no queue '{queue}' yet. The program declares it as {patient.Rpc.QueueKind} when "
                + "it starts; it was not made now, so whether the broker permits that kind is not proved (it may be deprecated there).");
        }
        catch (BrokerException e)
        {
            return DoctorFinding.Fault(step, e.Message);
        }
    }

    private async Task<DoctorFinding> RoundTripAsync(IBrokerConnection connection, CancellationToken cancellationToken)
    {
        const string step = "round trip";
        try
        {
            await connection.ConsumeRepliesAsync(static _ => { }, patient.Rpc.ReplyQueueKind, cancellationToken);
            var started = time.GetTimestamp();
            if (await connection.ProbeAsync())
                return DoctorFinding.Ok(step, $"A message to oneself through {_place} was back in {Milliseconds(started)} ms.");
            return DoctorFinding.Fault(step, connection.BlockedReason is { } alarm
                ? $"{_place} takes no messages: {alarm}. Give it memory or disk."
                : $"A message to oneself through {_place} did not come back"
                    + $"{(connection.Lost.IsCompleted ? $": {await connection.Lost}" : "")}. See the broker's log.");
        }
        catch (BrokerException e)
        {
            return DoctorFinding.Fault(step, e.Message);
        }
    }

    private async Task<IReadOnlyList<DoctorFinding>> ClocksAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Over a connection of its own: who asks must not be lost with what else is tried here.
            var asked = time.GetUtcNow();
            var result = await new PresenceQuestion(null, broker, time, [host])
                .AskAsync(BusPatience, cancellationToken);
            return [.. BusClocks.Of(result.Reports, asked, time.GetUtcNow())];
        }
        catch (BrokerException e)
        {
            return [DoctorFinding.Skipped("clocks", $"Nobody on the bus could be asked for the time: {e.Message}")];
        }
    }

    private DoctorFinding Skipped(string what) =>
        DoctorFinding.Skipped(_place, $"{char.ToUpperInvariant(what[0])}{what[1..]} of it were not "
        + "looked at: they need the step before.");

    private string Milliseconds(long started) =>
        time.GetElapsedTime(started).TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);
}
