namespace Ppv.Samples.Cli.Call;

/// <summary>What the gateway said to a step.</summary>
/// <param name="StatusCode">The HTTP status; a working gateway says 200 to every order.</param>
/// <param name="Body">The body.</param>
/// <param name="IsOk">Whether it is 200 and <c>callresult</c> is <c>OK</c>.</param>
/// <param name="ResponseTime">When it came.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Outcome">The header <c>X-Ppv-Outcome</c>, which old gateways don't send.</param>
/// <param name="Reason">The header <c>X-Ppv-Reason</c>.</param>
/// <param name="OrderId">The header <c>X-Ppv-Order-Id</c>.</param>
internal sealed record GatewayAnswer(
    int StatusCode,
    string Body,
    bool IsOk,
    DateTimeOffset ResponseTime,
    TimeSpan Elapsed,
    string? Outcome,
    string? Reason,
    string? OrderId);
