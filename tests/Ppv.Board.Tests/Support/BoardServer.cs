using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ppv.Hosting;
using Ppv.Hosting.Board;
using Ppv.Hosting.Board.State;
using Ppv.Hosting.Security;
using Ppv.TestKit;

namespace Ppv.Board.Tests.Support;

/// <summary>
/// Serves the board's page as <c>MapPpvDashboard</c> does, with states that a test makes up, and with everything that can go wrong between
/// a page and its server.
/// </summary>
internal sealed class BoardServer : IAsyncDisposable
{
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(2);
    private static readonly string Folder = RepositoryPaths.PathTo("src", "Ppv.Hosting", "Board", "Page");

    private static readonly Dictionary<string, string> ContentTypes = new()
    {
        [".html"] = "text/html; charset=utf-8", [".css"] = "text/css; charset=utf-8", [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    };

    private readonly ConcurrentDictionary<Channel<string>, bool> _readers = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Func<string, string> _changePage;
    private readonly WebApplication _application;
    private volatile BoardState _state;

    private BoardServer(BoardState state, int port, Func<string, string> changePage)
    {
        (_state, _changePage) = (state, changePage);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, port));
        _application = builder.Build();
        // As behind a proxy that puts it under a path of its own.
        _application.UsePathBase("/site");
        _application.Use(Answer);
    }

    /// <summary>Where the page is.</summary>
    public Uri Address => new($"http://127.0.0.1:{Port}/site/board/");

    public int Port { get; private set; }

    /// <summary>How many pages hold a stream of events at this moment.</summary>
    public int Readers => _readers.Count;

    /// <summary>What the lines' last exchanges are.</summary>
    public Func<int, BoardLineDetails?> Details { get; set; } = _ => null;

    /// <summary>Whether it keeps its connections and says nothing, as a program that hangs does.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Whether it says nothing to those who come anew either, until there is something new.</summary>
    public bool GreetsNobody { get; set; }

    /// <summary>Whether somebody between keeps back what the stream says, while everything else is answered.</summary>
    public bool HoldsStreamBack { get; set; }

    /// <summary>What is answered to who wants the stream of events, in its place.</summary>
    public (int Status, string Text)? RefusesEvents { get; set; }

    /// <summary>What is answered to who wants the state, in its place.</summary>
    public (int Status, string Text)? RefusesState { get; set; }

    public static async Task<BoardServer> StartAsync(BoardState state, int port = 0, Func<string, string>? changePage = null)
    {
        var server = new BoardServer(state, port, changePage ?? (page => page));
        await server._application.StartAsync();
        server.Port = new Uri(server._application.Urls.Single()).Port;
        return server;
    }

    /// <summary>From now on this is the case.</summary>
    public void Show(BoardState state)
    {
        _state = state;
        Send("state", Json());
    }

    /// <summary>What a program says to its watchers when it is stopped.</summary>
    public void SayBye() => Send("bye", "{}");

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _application.DisposeAsync();
    }

    private void Send(string name, string data)
    {
        foreach (var reader in _readers.Keys) reader.Writer.TryWrite($"event: {name}\ndata: {data}\n\n");
    }

    private string Json() =>
        JsonSerializer.Serialize(_state with { At = TimeProvider.System.GetUtcNow() }, BoardJson.Default.BoardState);

    private async Task Answer(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        var name = context.Request.Path.Value!["/board/".Length..];
        if (name == "events") await StreamAsync(context);
        else if (name == "state") await WriteStateAsync(context);
        else if (name.StartsWith("lines/", StringComparison.Ordinal)) await WriteDetailsAsync(context, int.Parse(name["lines/".Length..]));
        else await WriteFileAsync(context, name.Length == 0 ? "board.html" : name);
    }

    private async Task WriteStateAsync(HttpContext context)
    {
        while (IsSilent && !_stopping.IsCancellationRequested)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, context.RequestAborted);
        await WriteAsync(context, RefusesState, Json());
    }

    private async Task WriteDetailsAsync(HttpContext context, int number)
    {
        var details = Details(number);
        await WriteAsync(
            context, details is null ? (404, $"There is no line {number}.") : null,
            details is null ? "" : JsonSerializer.Serialize(details, BoardJson.Default.BoardLineDetails));
    }

    private static async Task WriteAsync(HttpContext context, (int Status, string Text)? refusal, string json)
    {
        context.Response.StatusCode = refusal?.Status ?? StatusCodes.Status200OK;
        context.Response.ContentType = refusal is null ? "application/json" : "text/plain; charset=utf-8";
        await context.Response.WriteAsync(refusal?.Text ?? json);
    }

    private async Task WriteFileAsync(HttpContext context, string name)
    {
        context.Response.ContentType = ContentTypes[Path.GetExtension(name)];
        var text = await File.ReadAllTextAsync(Path.Combine(Folder, name));
        await context.Response.WriteAsync(name == "board.html" ? _changePage(text) : text);
    }

    private async Task StreamAsync(HttpContext context)
    {
        if (RefusesEvents is not null)
        {
            await WriteAsync(context, RefusesEvents, "");
            return;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        context.Response.ContentType = "text/event-stream";
        var channel = Channel.CreateUnbounded<string>();
        _readers[channel] = true;
        try
        {
            if (!GreetsNobody && !HoldsStreamBack) await context.Response.WriteAsync($"event: state\ndata: {Json()}\n\n", ended.Token);
            await context.Response.Body.FlushAsync(ended.Token);
            using var beats = new PeriodicTimer(Beat, TimeProvider.System);
            var beat = beats.WaitForNextTickAsync(ended.Token).AsTask();
            while (true)
            {
                var arrived = channel.Reader.WaitToReadAsync(ended.Token).AsTask();
                while (!arrived.IsCompleted)
                {
                    await Task.WhenAny(arrived, beat);
                    if (!beat.IsCompleted) continue;
                    await beat;
                    if (!IsSilent) channel.Writer.TryWrite($"event: state\ndata: {Json()}\n\n");
                    beat = beats.WaitForNextTickAsync(ended.Token).AsTask();
                }

                await arrived;
                while (channel.Reader.TryRead(out var message) && !HoldsStreamBack) await context.Response.WriteAsync(message, ended.Token);
                await context.Response.Body.FlushAsync(ended.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The page is gone, or the server.
        }
        finally
        {
            _readers.TryRemove(channel, out _);
        }
    }
}
