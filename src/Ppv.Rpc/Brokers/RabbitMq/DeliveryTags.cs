namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>
/// The deliveries of a channel that the broker waits for. Says with how few acknowledgements it can be told of those that were settled: all
/// before the first one that is still worked on with one, each beyond it by itself. Not safe for use by several threads.
/// </summary>
internal sealed class DeliveryTags
{
    private readonly HashSet<ulong> _unsettled = [];
    private readonly List<ulong> _settled = [];

    /// <summary>A delivery came.</summary>
    public void Begin(ulong tag) => _unsettled.Add(tag);

    /// <summary>It was settled.</summary>
    public void Settle(ulong tag)
    {
        if (_unsettled.Remove(tag)) _settled.Add(tag);
    }

    /// <summary>It is given back, and not to be acknowledged.</summary>
    /// <returns>Whether it was neither settled nor given back before.</returns>
    public bool Return(ulong tag) => _unsettled.Remove(tag);

    /// <summary>Whether the broker waits for none of them, once those that were settled are acknowledged.</summary>
    public bool IsIdle => _unsettled.Count == 0;

    /// <summary>Takes the next acknowledgement to send.</summary>
    /// <param name="tag">The delivery to acknowledge.</param>
    /// <param name="multiple">
    /// Whether it stands for all before it, too (https://www.rabbitmq.com/docs/confirms#consumer-acks-multiple-parameter).
    /// </param>
    /// <returns><see langword="false"/> when there is none.</returns>
    public bool TryTake(out ulong tag, out bool multiple)
    {
        (tag, multiple) = (0, false);
        if (_settled.Count == 0) return false;
        var firstUnsettled = ulong.MaxValue;
        foreach (var unsettled in _unsettled) firstUnsettled = Math.Min(firstUnsettled, unsettled);
        foreach (var settled in _settled)
        {
            if (settled < firstUnsettled && settled > tag) tag = settled;
        }

        if (tag == 0)
        {
            tag = _settled[^1];
            _settled.RemoveAt(_settled.Count - 1);
            return true;
        }

        multiple = _settled.Count > 1;
        if (multiple) TakeAllUpTo(tag);
        else _settled.Clear(); // The usual case, without a closure.
        return true;
    }

    private void TakeAllUpTo(ulong last) => _settled.RemoveAll(settled => settled <= last);
}
