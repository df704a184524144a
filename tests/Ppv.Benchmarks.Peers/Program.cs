using Ppv.Benchmarks.Comparison;
using Ppv.Benchmarks.Peers;

// What Ppv.Benchmarks' comparison starts: peer NAME AMQP-ADDRESS durable|transient
if (args is not ["peer", var name, var text, var kind] || !Uri.TryCreate(text, UriKind.Absolute, out var address))
{
    await Console.Error.WriteLineAsync("Usage: peer wolverine|masstransit AMQP-ADDRESS durable|transient");
    return 2;
}

var isDurable = kind == "durable";
await PeerHost.RunAsync(name switch
{
    "wolverine" => await WolverinePeer.StartAsync(address, isDurable),
    "masstransit" => await MassTransitPeer.StartAsync(address, isDurable),
    _ => throw new ArgumentException($"There is no peer {name}."),
});
return 0;
