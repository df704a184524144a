using System.Collections.Concurrent;
using System.Reflection;
using Ppv.Protocol.Text;
using Ppv.Rpc.Brokers;

namespace Ppv.Rpc.Presence;

/// <summary>
/// One instance among those on the bus, over all of its connections: what it says of itself, and what it asks the others. Safe for use by
/// several threads.
/// </summary>
internal sealed class PresenceMember(PresenceSource source, IReadOnlyList<string> queues, PlainLogger logger, TimeProvider timeProvider)
{
    /// <summary>How long the owner may take over its part of a report.</summary>
    private static readonly TimeSpan CompletionLimit = TimeSpan.FromMilliseconds(250);

    /// <summary>How long the log is not told again of reports that were left out.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(10);

    /// <summary>How many questions of ours may be under way at once: each keeps its answers.</summary>
    public const int MaxInquiries = 16;

    /// <summary>How many different troubles are told: texts of a broker may be new each time.</summary>
    private const int MaxSaid = 100;

    private readonly DateTimeOffset _startedAt = timeProvider.GetUtcNow();
    private readonly ConcurrentDictionary<string, PresenceAnswers> _inquiries = new(StringComparer.Ordinal);
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);
    private readonly Lock _saying = new();
    private long? _leftOutSaid;
    private int _leftOut;

    /// <summary>Which version of the packages runs, without the commit that stands behind a plus.</summary>
    public static string Version { get; } = typeof(PresenceMember).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    /// <summary>Its name among the others, made anew for each.</summary>
    public Guid Instance { get; } = Guid.NewGuid();

    public PlainLogger Logger => logger;

    /// <summary>How many reports were left out until now, because there was no room for them.</summary>
    public int LeftOut { get; private set; }

    /// <summary>What it says of itself over a connection.</summary>
    public async Task<PresenceReport> ReportAsync(BrokerHost host, PresenceState state)
    {
        var report = new PresenceReport
        {
            Instance = Instance,
            Role = source.Role,
            Machine = Environment.MachineName,
            ProcessId = Environment.ProcessId,
            Version = Version,
            StartedAt = _startedAt,
            At = timeProvider.GetUtcNow(),
            Queues = queues,
            Hosts = [host.ToString()],
            Place = state.Place,
            IsReady = state.Status.IsReady,
            Description = state.Status.Description,
        };
        using var end = new CancellationTokenSource(CompletionLimit, timeProvider);
        try
        {
            return await source.Complete(report, end.Token).WaitAsync(end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            PresenceLog.ReportIncomplete(logger, source.Role, CompletionLimit.TotalSeconds);
        }
        catch (Exception bug)
        {
            // A look at the bus must not cost more than its own answer.
            if (IsNew(bug.Message)) PresenceLog.ReportFailed(logger, source.Role, bug);
        }

        return report;
    }

    /// <summary>Says once why it is not seen over connections to a host.</summary>
    public void NotSeen(BrokerHost host, string reason)
    {
        if (IsNew(reason)) PresenceLog.NotSeen(logger, source.Role, host, reason);
    }

    private bool IsNew(string trouble)
    {
        lock (_saying) return _said.Count < MaxSaid && _said.Add(trouble);
    }

    /// <summary>Tells the log once in a while of reports and questions for which there was no room, however many come.</summary>
    public void LeaveOut(int messages)
    {
        if (messages == 0) return;
        int count;
        lock (_saying)
        {
            LeftOut += messages;
            _leftOut += messages;
            if (_leftOutSaid is { } said && timeProvider.GetElapsedTime(said) < Silence) return;
            (_leftOutSaid, count, _leftOut) = (timeProvider.GetTimestamp(), _leftOut, 0);
        }

        PresenceLog.ReportsLeftOut(logger, count, PresenceAnswers.MaxInstances, PresenceAnswers.MaxBytes);
    }

    /// <summary>Takes the answer to an inquiry of ours.</summary>
    public void Take(BrokerMessage message)
    {
        var answers = message.CorrelationId is { } id ? _inquiries.GetValueOrDefault(id) : null;
        if (message.Body.Length > PresenceMessages.MaxReportBytes)
        {
            // The question counts it until it is over.
            if (answers is null) LeaveOut(1);
            else answers.LeaveOut();
        }
        else if (answers is not null && PresenceMessages.Read(message.Body) is { } report)
        {
            answers.Add(report, message.Body.Length);
            return;
        }

        PresenceLog.ReportDropped(logger, message.Body.Length);
    }

    /// <summary>Asks everybody who is there.</summary>
    /// <param name="connections">What to ask over; of independent brokers each has its own members.</param>
    /// <param name="patience">How long to wait for reports.</param>
    /// <param name="expected">The instances after which nobody is waited for; <see langword="null"/>: the whole time is waited.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The reports, one for each instance; empty when nobody is there.</returns>
    /// <exception cref="BrokerException">Nobody could be asked.</exception>
    public async Task<IReadOnlyList<PresenceReport>> AskAsync(
        IReadOnlyList<PresenceConnection> connections, TimeSpan patience, IReadOnlyCollection<Guid>? expected,
        CancellationToken cancellationToken)
    {
        var (id, answers) = (Guid.NewGuid().ToString("N"), new PresenceAnswers(expected));
        if (_inquiries.Count >= MaxInquiries)
        {
            throw new BrokerException(
                $"{MaxInquiries} questions who is there are under way already. Ask again in some seconds.", needsAttention: false);
        }

        _inquiries[id] = answers;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var over = Task.Delay(patience, timeProvider, end.Token);
            var asked = connections.Select(connection => connection.AskAsync(id, end.Token)).ToList();
            await Task.WhenAny(over, answers.Complete, NobodyThereAsync(asked, over)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            var reports = answers.Reports;
            if (reports.Count == 0) ThrowIfNobodyWasAsked(connections, asked, patience);
            return reports;
        }
        finally
        {
            _inquiries.TryRemove(id, out _);
            LeaveOut(answers.LeftOut);
            await end.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Completes when it is known that no report will come; otherwise as the other task does.</summary>
    private async Task NobodyThereAsync(List<Task<bool>> asked, Task over)
    {
        var isAnybodyThere = false;
        foreach (var each in asked)
        {
            try
            {
                isAnybodyThere |= await each.ConfigureAwait(false);
            }
            catch (BrokerException e)
            {
                PresenceLog.NotAsked(logger, e.Message);
            }
            catch (OperationCanceledException)
            {
                // The time is over.
            }
        }

        if (isAnybodyThere) await over.ContinueWith(static _ => { }, TaskScheduler.Default).ConfigureAwait(false);
    }

    private static void ThrowIfNobodyWasAsked(IReadOnlyList<PresenceConnection> connections, List<Task<bool>> asked, TimeSpan patience)
    {
        if (asked.Exists(each => each.IsCompletedSuccessfully)) return;
        throw asked.Select(each => each.Exception?.InnerException).OfType<BrokerException>().FirstOrDefault()
            ?? new BrokerException($"RabbitMQ on {string.Join(", ", connections.Select(connection => connection.Host))} did not take the "
                + FormattableString.Invariant($"question who is there within {patience.TotalSeconds:0.###} s."), needsAttention: false);
    }
}
