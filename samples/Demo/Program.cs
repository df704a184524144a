using System.CommandLine;
using Ppv.Samples.Demo;

var once = new Option<bool>("--once") { Description = "Exit after the first purchase: 0 when it was booked, 1 when it was not." };
var amqp = new Option<Uri?>("--amqp")
{
    Description = "Use a real RabbitMQ instead of the broker in memory, such as amqp://ppv:ppv@localhost:5672/%2Fppv.",
    CustomParser = argument =>
    {
        if (Uri.TryCreate(argument.Tokens[0].Value, UriKind.Absolute, out var uri) && uri.Scheme == "amqp" && uri.Host.Length > 0)
            return uri;
        argument.AddError("--amqp needs an address such as amqp://user:password@host:5672/%2Fvhost.");
        return null;
    },
};
var urls = new Option<string>("--urls")
{
    Description = "Where the gateway listens; port 0 takes a free one.",
    DefaultValueFactory = _ => "http://127.0.0.1:0",
};
var root = new RootCommand("Gateway, broker, worker and a simulated Wizard in one process: places one call over HTTP and shows what "
    + "passes each hop.") { once, amqp, urls };
root.SetAction((parsed, cancellationToken) =>
    DemoProgram.RunAsync(new DemoSettings(parsed.GetValue(once), parsed.GetValue(amqp), parsed.GetValue(urls)!), cancellationToken));
return await root.Parse(args).InvokeAsync();
