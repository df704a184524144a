namespace Ppv.Hosting;

/// <summary>
/// The commands that wait for a line, one for each call, in the order of their arrival. Not safe for use by several threads.
/// </summary>
internal sealed class WaitingCalls
{
    private readonly SortedDictionary<long, LineRequest> _requests = [];

    public int Count => _requests.Count;

    public int CountOf(string? client) => _requests.Values.Count(request => IsOf(request.Call, client));

    /// <summary>A copy.</summary>
    public IReadOnlyList<LineRequest> InOrder() => [.. _requests.Values];

    public void Add(LineRequest request) => _requests.TryAdd(request.Number, request);

    public void Remove(LineRequest request) => _requests.Remove(request.Number);

    public static bool IsOf(CallState call, string? client) =>
        string.Equals(call.Id?.Owner, client, StringComparison.OrdinalIgnoreCase);
}
