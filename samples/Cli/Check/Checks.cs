using System.Globalization;
using System.Net;
using Ppv.Hosting;
using Ppv.Hosting.Board;
using Ppv.Hosting.Worker.Journal.Sqlite;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Brokers.RabbitMq;
using Ppv.Samples.Cli.Http;
using Ppv.Samples.Cli.Journal;
using Ppv.Samples.Cli.Running;
using Ppv.Samples.Cli.Targets;

namespace Ppv.Samples.Cli.Check;

/// <summary>What a check looked at and measured.</summary>
/// <param name="Status">How it stands, measures apart.</param>
/// <param name="Text">What was found.</param>
/// <param name="Values">What was measured, by the measure's name.</param>
internal sealed record Look(CheckStatus Status, string Text, params (string Name, double Value)[] Values);

/// <summary>The checks themselves. They read, and change nothing; none sends an order.</summary>
/// <param name="Target">Where the system is.</param>
/// <param name="Timeout">How long the check may take.</param>
/// <param name="Time">The clock.</param>
internal sealed record Checks(Target Target, TimeSpan Timeout, TimeProvider Time)
{
    public static readonly IReadOnlyList<Measure> Answering = [new("time", MeasureUnit.Seconds, 1, 5, "how long the answer took")];

    public static readonly IReadOnlyList<Measure> Broker =
    [
        new("time", MeasureUnit.Seconds, 1, 5, "how long the slowest login took"),
        new("down", MeasureUnit.Count, 0, null, "hosts that can't be used"),
    ];

    public static readonly IReadOnlyList<Measure> Queue =
    [
        new("depth", MeasureUnit.Count, 100, 1000, "orders that wait in the queue"),
        new("consumers", MeasureUnit.Count, 1, 1, "workers that take orders from it", IsLowBad: true),
        new("time", MeasureUnit.Seconds, 1, 5, "how long login and answer took"),
    ];

    public static readonly IReadOnlyList<Measure> Journal =
    [
        new("unknown", MeasureUnit.Count, 0, 10, "confirms that wait to be settled"),
        new("age", MeasureUnit.Seconds, 3600, 86_400, "the age of the oldest confirm that waits to be settled"),
        new("overdue", MeasureUnit.Count, 0, null, "confirms that began and did not end in time"),
        new("free", MeasureUnit.Bytes, 1e9, 1e8, "room on the journal's disk", IsLowBad: true),
    ];

    public Task<Look> GatewayAsync(CancellationToken cancellationToken) =>
        ReadyAsync("The gateway", Target.Url!, cancellationToken);

    public Task<Look> WorkerAsync(CancellationToken cancellationToken) =>
        ReadyAsync("The worker", Target.Board!, cancellationToken);

    public async Task<Look> BrokerAsync(CancellationToken cancellationToken)
    {
        var (broker, dialer) = Dialer();
        var hosts = broker.ParseHosts();
        var logins = await Task.WhenAll(hosts.Select(host => LoginAsync(dialer, host, broker.ClientName!, cancellationToken)));
        var problems = logins.Where(login => login.Problem is not null).Select(login => login.Problem!).ToList();
        var slowest = logins.Where(login => login.Problem is null).Select(login => login.Elapsed.TotalSeconds).DefaultIfEmpty(0).Max();
        var text = string.Join(' ', problems.Prepend(string.Create(CultureInfo.InvariantCulture,
            $"{hosts.Count - problems.Count} of {hosts.Count} hosts let us in.")));
        return new Look(problems.Count == hosts.Count ? CheckStatus.Critical : CheckStatus.Ok, text,
            ("time", slowest), ("down", problems.Count));
    }

    public async Task<Look> QueueAsync(CancellationToken cancellationToken)
    {
        var queue = Target.Queue ?? new RpcOptions().Queue;
        var (broker, dialer) = Dialer();
        var problems = new List<string>();
        foreach (var host in broker.ParseHosts())
        {
            var started = Time.GetTimestamp();
            try
            {
                await using var connection = await dialer.DialAsync(host, broker.ClientName!, cancellationToken);
                var counts = await connection.CountAsync(queue, cancellationToken);
                return new Look(CheckStatus.Ok, $"Queue '{queue}' on {host}.", ("depth", counts.Messages), ("consumers", counts.Consumers),
                    ("time", Time.GetElapsedTime(started).TotalSeconds));
            }
            catch (BrokerException e)
            {
                problems.Add(AmqpAddress.InWordsOfTheTool(e.Message));
            }
        }

        return new Look(CheckStatus.Critical, string.Join(' ', problems));
    }

    public async Task<Look> JournalAsync(CancellationToken cancellationToken)
    {
        var path = JournalSource.PathOf(Target);
        try
        {
            return await Task.Run(() => LookInto(path), cancellationToken);
        }
        catch (FileNotFoundException)
        {
            return new Look(CheckStatus.Critical, $"There is no journal {path}.");
        }
        catch (JournalUnavailableException e)
        {
            return new Look(CheckStatus.Critical, e.Message);
        }
    }

    private Look LookInto(string path)
    {
        var (journal, now) = (new JournalView(path), Time.GetUtcNow());
        var unknowns = journal.Read(JournalQuery.Unknowns);
        var overdue = journal.Read(JournalQuery.UnderWay).Count(entry => entry.Deadline < now);
        var age = unknowns.Count == 0 ? TimeSpan.Zero : now - unknowns.Min(entry => entry.ReceivedAt);
        var free = new DriveInfo(Path.GetDirectoryName(Path.GetFullPath(path))!).AvailableFreeSpace;
        var text = unknowns.Count == 0
            ? $"{path} can be read, and no confirm waits to be settled."
            : $"'ppv journal unknown' lists the confirms that wait to be settled, the oldest is order {unknowns[0].Order.Id}.";
        return new Look(CheckStatus.Ok, text,
            ("unknown", unknowns.Count), ("age", Math.Max(0, age.TotalSeconds)), ("overdue", overdue), ("free", free));
    }

    private async Task<Look> ReadyAsync(string who, Uri address, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await new HttpLook(Timeout, Time).GetAsync(HttpLook.Ready(address), null, cancellationToken);
            var said = HttpLook.OneLine(answer.Body);
            var status = answer.Status switch
            {
                HttpStatusCode.OK when said.StartsWith("Healthy", StringComparison.Ordinal) => CheckStatus.Ok,
                HttpStatusCode.OK when said.StartsWith("Degraded", StringComparison.Ordinal) => CheckStatus.Warning,
                HttpStatusCode.ServiceUnavailable => CheckStatus.Critical,
                _ => CheckStatus.Unknown,
            };
            var text = status == CheckStatus.Unknown
                ? string.Create(CultureInfo.InvariantCulture,
                    $"{HttpLook.Ready(address)} answered {(int)answer.Status}, and is no gateway or worker of this release.")
                : $"{who} says: {said}";
            return new Look(status, text, ("time", answer.Elapsed.TotalSeconds));
        }
        catch (HttpLookException e)
        {
            return new Look(CheckStatus.Critical, $"{who} does not answer. {e.Message}");
        }
    }

    private async Task<(string? Problem, TimeSpan Elapsed)> LoginAsync(
        IBrokerDialer dialer, BrokerHost host, string clientName, CancellationToken cancellationToken)
    {
        var started = Time.GetTimestamp();
        try
        {
            await using var connection = await dialer.DialAsync(host, clientName, cancellationToken);
            return (null, Time.GetElapsedTime(started));
        }
        catch (BrokerException e)
        {
            return (AmqpAddress.InWordsOfTheTool(e.Message), Time.GetElapsedTime(started));
        }
    }

    private (BrokerOptions Options, IBrokerDialer Dialer) Dialer()
    {
        var options = AmqpAddress.ToOptions(Target.Amqp, "ppv check");
        options.DialTimeout = Timeout;
        return (options, new RabbitMqDialer(options, Time));
    }
}
