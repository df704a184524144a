using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ppv.Benchmarks.Comparison;

namespace Ppv.Benchmarks.Peers;

/// <summary>MassTransit's request client, as it comes: it waits for publisher confirms.</summary>
internal sealed class MassTransitPeer : IPeer
{
    private readonly IHost _host;
    private readonly IRequestClient<SmallOrder> _client;

    private MassTransitPeer(IHost host, IRequestClient<SmallOrder> client) => (_host, _client) = (host, client);

    public static async Task<MassTransitPeer> StartAsync(Uri address, bool isDurable)
    {
        var queue = $"bench.masstransit.{Guid.NewGuid():N}";
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddMassTransit(bus =>
        {
            bus.AddConsumer<Consumer>();
            bus.UsingRabbitMq((context, rabbit) =>
            {
                rabbit.Host(address);
                rabbit.PrefetchCount = 256;
                if (!isDurable) rabbit.ConfigureSend(send => send.UseExecute(message => message.Durable = false));
                rabbit.ReceiveEndpoint(queue, endpoint =>
                {
                    (endpoint.Durable, endpoint.AutoDelete) = (isDurable, true);
                    endpoint.ConfigureConsumer<Consumer>(context);
                });
            });
        });
        var host = builder.Build();
        await host.StartAsync();
        var durable = isDurable ? "true" : "false";
        return new MassTransitPeer(host, host.Services.GetRequiredService<IBus>().CreateRequestClient<SmallOrder>(
            new Uri($"queue:{queue}?durable={durable}&autodelete=true"), RequestTimeout.After(s: 30)));
    }

    public Task CallAsync() => _client.GetResponse<SmallAnswer>(SmallOrder.Sample);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private sealed class Consumer : IConsumer<SmallOrder>
    {
        public Task Consume(ConsumeContext<SmallOrder> context) => context.RespondAsync(SmallAnswer.Ok);
    }
}
