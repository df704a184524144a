namespace Ppv.Protocol;

/// <summary>How an order is written. Readers, ours and the old worker, take both styles (contract §1, §2).</summary>
public enum OrderJsonStyle
{
    /// <summary>JSON: <c>{"connid":"0127032d64a94732","EV":"1569885"}</c>.</summary>
    Json,

    /// <summary>
    /// A Python-style dict with single quotes, as the voice platform sends and the old gateway forwards it:
    /// <c>{'connid':'0127032d64a94732','EV':'1569885'}</c>.
    /// </summary>
    Python,
}
