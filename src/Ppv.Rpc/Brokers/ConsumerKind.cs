namespace Ppv.Rpc.Brokers;

/// <summary>How a consumer stands to the others of its queue.</summary>
internal enum ConsumerKind
{
    /// <summary>One of several.</summary>
    Shared,

    /// <summary>The only one: the broker refuses a second one (classic queues; quorum queues ignore it).</summary>
    Exclusive,

    /// <summary>The queue itself lets one at a time have deliveries (<c>x-single-active-consumer</c>): it may wait behind another one without knowing.</summary>
    SingleActive,
}
