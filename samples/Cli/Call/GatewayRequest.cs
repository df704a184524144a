namespace Ppv.Samples.Cli.Call;

/// <summary>A step, ready to be sent.</summary>
/// <param name="Method">GET or POST.</param>
/// <param name="Url">The gateway.</param>
/// <param name="Body">The body, JSON.</param>
/// <param name="SendTime">When it was made, right before it is sent.</param>
internal sealed record GatewayRequest(HttpMethod Method, Uri Url, byte[] Body, DateTimeOffset SendTime);
