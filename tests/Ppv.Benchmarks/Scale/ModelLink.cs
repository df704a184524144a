using Ppv.Rpc;
using Ppv.Rpc.Hosts;

namespace Ppv.Benchmarks.Scale;

/// <summary>
/// One program's connection to a cluster of three broker hosts, of which the first one fails at times. Which host is dialled when is the
/// real choice (<see cref="HostSelector"/>, <see cref="HostTable"/>); dialling itself and how a loss is noticed are modelled.
/// </summary>
internal sealed class ModelLink(VirtualTime time, IReadOnlyList<Trouble> troubles, Action<Trouble> onLost, Action onReady)
{
    private static readonly BrokerOptions Options = new() { Hosts = ["one", "two", "three"] };

    /// <summary>To dial, to look for the queue, to consume, and for the first probe.</summary>
    private static readonly TimeSpan Preparing = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Refusal = TimeSpan.FromMilliseconds(1);

    private readonly List<Trouble> _troubles = [.. troubles
        .Where(trouble => trouble.Kind is TroubleKind.HostKilled or TroubleKind.HostFrozen).OrderBy(trouble => trouble.From)];

    private HostTable _table = HostTable.Of(Options.Hosts.Select(host => new BrokerHost(host, BrokerHost.DefaultPort)), time.GetUtcNow());
    private int _host;

    public bool IsReady { get; private set; }

    /// <summary>Whether what is sent arrives: not on a host that is dead, also while nobody has noticed that yet.</summary>
    public bool IsPassing => IsReady && TroubleOf(_host) is null;

    public void Start()
    {
        Use(0);
        if (_troubles.Count > 0) _ = RunAsync();
    }

    private async Task RunAsync()
    {
        while (true)
        {
            if (await UntilLostAsync() is not { } lost) return;
            IsReady = false;
            _table = _table.Lost(_host, lost.Kind.ToString(), time.GetUtcNow(), Options.ReconnectDelay);
            onLost(lost);
            while (!await TryAsync())
            {
                // The next host, and after a round a pause.
            }
        }
    }

    private async Task<bool> TryAsync()
    {
        var (host, pause) = HostSelector.Next(_table, Options, time.GetUtcNow());
        await DelayAsync(pause);
        if (TroubleOf(host) is { } trouble)
        {
            await DelayAsync(trouble.Kind == TroubleKind.HostFrozen ? Options.DialTimeout : Refusal);
            _table = _table.Failed(host, trouble.Kind.ToString(), time.GetUtcNow());
            return false;
        }

        await DelayAsync(Preparing);
        Use(host);
        return true;
    }

    /// <summary>Goes back to the preferred host when that is due; nobody notices.</summary>
    /// <returns>Why the connection is lost; <see langword="null"/> when it never will be.</returns>
    private async Task<Trouble?> UntilLostAsync()
    {
        while (true)
        {
            var now = time.Elapsed;
            if (HostSelector.Move(_table, _host, Options, time.GetUtcNow()) is { } move)
            {
                await DelayAsync(move.At - time.GetUtcNow());
                if (TroubleOf(move.Index) is { } still) _table = _table.Failed(move.Index, still.Kind.ToString(), time.GetUtcNow());
                else Use(move.Index);
                continue;
            }

            if (_troubles.FirstOrDefault(trouble => trouble.From >= now) is not { } next) return null;
            await DelayAsync(next.From - now);
            if (next.Kind == TroubleKind.HostFrozen) await DelayAsync(Options.ProbeInterval + Options.ProbeTimeout);
            return next;
        }
    }

    private void Use(int host)
    {
        var isMove = IsReady;
        (_host, _table, IsReady) = (host, _table.Using(host, time.GetUtcNow()), true);
        if (!isMove) onReady();
    }

    private Trouble? TroubleOf(int host) =>
        host != 0 ? null : _troubles.FirstOrDefault(trouble => trouble.IsOn(time.Elapsed));

    private Task DelayAsync(TimeSpan length) => length > TimeSpan.Zero ? Task.Delay(length, time) : Task.CompletedTask;
}
