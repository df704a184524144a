// Stand-ins for rest-api-gateway and PPV-SRV as programs, for eng/migration.sh: what they say on the wire is byte for byte the old ones'.
//   ppv-old-programs gateway AMQP-ADDRESS QUEUE PORT          HTTP on loopback, into the queue
//   ppv-old-programs worker AMQP-ADDRESS QUEUE WIZARD-PORT    from the queue, to Wizard on loopback
using System.Globalization;
using System.Text.Json.Nodes;
using Ppv.Broker.Tests.Support;
using Ppv.Protocol;

if (args is not [("gateway" or "worker") and var program, var address, var queue, var number]
    || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var port))
{
    await Console.Error.WriteLineAsync("Usage: ppv-old-programs gateway|worker AMQP-ADDRESS QUEUE PORT");
    return 64;
}

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{(program == "gateway" ? port : 0)}"));
await using var app = builder.Build();
var broker = BrokerAddress.Parse(address);
if (program == "gateway")
{
    await using var gateway = await OldGateway.StartAsync(broker, queue);
    app.MapMethods("/api/v1/ppv", ["GET", "POST"], async (HttpRequest request) =>
    {
        var body = await JsonNode.ParseAsync(request.Body);
        var reply = await gateway.SendAsync(body!["content"]!.GetValue<string>());
        return Results.Json(new Dictionary<string, string> { ["callresult"] = reply.Body.Split('\r')[0] });
    });
    await app.RunAsync();
}
else
{
    await using var wizard = new WizardClient(new WizardOptions { Host = "127.0.0.1", Port = port });
    await using var worker = await OldWorker.StartAsync(broker, queue, wizard, new LineRange(1, 29));
    await app.RunAsync();
}

return 0;
