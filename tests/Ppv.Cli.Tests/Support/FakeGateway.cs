using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ppv.Cli.Tests;

/// <summary>A gateway that records what it is sent and says what a test tells it to.</summary>
internal sealed class FakeGateway : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedRequest> _received = new();

    private FakeGateway(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(async context =>
        {
            if (context.Request.Path == "/api/v1/ppv/lines" && Lines is { } lines)
            {
                await context.Response.WriteAsync(lines);
                return;
            }

            using var reader = new StreamReader(context.Request.Body);
            _received.Enqueue(new ReceivedRequest(
                context.Request.Method, context.Request.Path, context.Request.ContentType, await reader.ReadToEndAsync()));
            await answer(context);
        });
    }

    public sealed record ReceivedRequest(string Method, string Path, string? ContentType, string Body);

    public IReadOnlyCollection<ReceivedRequest> Received => _received;

    /// <summary>What it says of its lines, which is not counted as received; <see langword="null"/>: as of everything else.</summary>
    public string? Lines { get; set; } = LinesOf("Leased");

    public static string LinesOf(string allocation, string? reason = null) => System.Text.Json.JsonSerializer.Serialize(
        new { allocation, firstLine = 1, lastLine = 29, reason });

    public string Url => $"{_app.Urls.First()}/api/v1/ppv";

    public static async Task<FakeGateway> StartAsync(RequestDelegate answer)
    {
        var gateway = new FakeGateway(answer);
        await gateway._app.StartAsync();
        return gateway;
    }

    /// <summary>Says one code after the other, the last one for ever.</summary>
    public static Task<FakeGateway> SayingAsync(params string[] codes)
    {
        var next = -1;
        return StartAsync(context => context.Response.WriteAsync(
            $$"""{"callresult":"{{codes[Math.Min(Interlocked.Increment(ref next), codes.Length - 1)]}}"}"""));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
