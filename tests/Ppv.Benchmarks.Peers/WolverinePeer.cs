using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ppv.Benchmarks.Comparison;
using Wolverine;
using Wolverine.RabbitMQ;

namespace Ppv.Benchmarks.Peers;

/// <summary>Wolverine's request and reply, sent and handled inline; as it comes, without publisher confirms.</summary>
internal sealed class WolverinePeer : IPeer
{
    private readonly IHost _server;
    private readonly IHost _client;
    private readonly AsyncServiceScope _scope;
    private readonly IMessageBus _bus;

    private WolverinePeer(IHost server, IHost client)
    {
        (_server, _client) = (server, client);
        _scope = client.Services.CreateAsyncScope();
        _bus = _scope.ServiceProvider.GetRequiredService<IMessageBus>();
    }

    public static async Task<WolverinePeer> StartAsync(Uri address, bool isDurable)
    {
        var queue = $"bench.wolverine.{Guid.NewGuid():N}";
        void Describe(IRabbitMqQueue declared) => (declared.IsDurable, declared.AutoDelete) = (isDurable, true);
        var server = Build("server", address, options =>
        {
            options.ListenToRabbitQueue(queue, Describe).PreFetchCount(256).ProcessInline();
            options.Discovery.DisableConventionalDiscovery().IncludeType(typeof(SmallOrderHandler));
        });
        var client = Build("client", address, options =>
        {
            var sending = options.PublishMessage<SmallOrder>().ToRabbitQueue(queue, Describe).SendInline();
            // Only its durable outbox, which needs a database, sends persistent messages by itself.
            if (isDurable) sending.UseInterop((_, mapper) => mapper.MapProperty(
                message => message.CorrelationId!,
                (envelope, properties) => envelope.CorrelationId = properties.CorrelationId,
                (envelope, properties) => (properties.CorrelationId, properties.Persistent) = (envelope.CorrelationId, true)));
            options.Discovery.DisableConventionalDiscovery();
        });
        await server.StartAsync();
        await client.StartAsync();
        return new WolverinePeer(server, client);
    }

    public Task CallAsync() => _bus.InvokeAsync<SmallAnswer>(SmallOrder.Sample, timeout: TimeSpan.FromSeconds(30));

    public async ValueTask DisposeAsync()
    {
        await _scope.DisposeAsync();
        await _client.StopAsync();
        await _server.StopAsync();
        _client.Dispose();
        _server.Dispose();
    }

    private static IHost Build(string name, Uri address, Action<WolverineOptions> configure)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseWolverine(options =>
        {
            options.ServiceName = name;
            options.UseRuntimeCompilation();
            options.UseRabbitMq(address).AutoProvision().DisableDeadLetterQueueing();
            configure(options);
        });
        return builder.Build();
    }
}

/// <summary>Wolverine finds it by its name.</summary>
public static class SmallOrderHandler
{
    public static SmallAnswer Handle(SmallOrder order) => SmallAnswer.Ok;
}
