namespace Ppv.Hosting.Worker.Lines;

/// <summary>
/// The calls that wait for a line, each by its first command, in the order of their arrival. Not safe for use by several threads.
/// </summary>
internal sealed class WaitingCalls
{
    private readonly SortedDictionary<long, LineRequest> _requests = [];

    public int Count => _requests.Count;

    /// <summary>How many commands wait with them; those of one client, or of all.</summary>
    public (int All, int OfClient) Commands(string? client)
    {
        var (all, ofClient) = (0, 0);
        foreach (var request in _requests.Values)
        {
            var commands = request.Call.Requests.Count(command => !command.IsDecided);
            all += commands;
            if (IsOf(request.Call, client)) ofClient += commands;
        }

        return (all, ofClient);
    }

    /// <summary>A copy.</summary>
    public IReadOnlyList<LineRequest> InOrder() => [.. _requests.Values];

    public void Add(LineRequest request) => _requests.TryAdd(request.Number, request);

    public void Remove(LineRequest request) => _requests.Remove(request.Number);

    public static bool IsOf(CallState call, string? client) =>
        string.Equals(call.Id?.Owner, client, StringComparison.OrdinalIgnoreCase);
}
