using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Ppv.Hosting.Board.State;
using Ppv.Hosting.Board.Streaming;
using Ppv.Hosting.Security;

namespace Ppv.Hosting.Board;

/// <summary>
/// Everything below the board's path: one door, so that no answer is without its security headers, and no request gets past
/// <see cref="BoardAccess"/>. It reads, and changes nothing.
/// </summary>
internal sealed class BoardEndpoint(LineBoard board)
{
    /// <summary>The route's parameter: what stands behind the board's path.</summary>
    public const string Rest = "rest";

    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'";

    private const string Lines = "lines/";
    private const string NoStore = "no-store";

    public Task HandleAsync(HttpContext context)
    {
        var (request, headers) = (context.Request, context.Response.Headers);
        headers.ContentSecurityPolicy = Policy;
        headers[HeaderNames.XContentTypeOptions] = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = NoStore;
        if (BoardAccess.WhyNot(context) is { } reason)
        {
            BoardLog.Refused(board.Strangers, Caller.AddressOf(context), reason);
            return SayAsync(context, StatusCodes.Status403Forbidden, reason);
        }

        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            headers.Allow = "GET, HEAD";
            return SayAsync(context, StatusCodes.Status405MethodNotAllowed, "The line board is for reading: GET and HEAD.");
        }

        return (string?)request.RouteValues[Rest] switch
        {
            null or "" when !request.Path.Value!.EndsWith('/') => RedirectAsync(context),
            null or "" => FileAsync(context, PageFiles.Find(PageFiles.Page)!),
            "state" => StateAsync(context),
            "events" => EventsAsync(context),
            var rest when rest.StartsWith(Lines, StringComparison.Ordinal) => LineAsync(context, rest[Lines.Length..]),
            var rest when rest != PageFiles.Page && PageFiles.Find(rest) is { } file => FileAsync(context, file),
            _ => SayAsync(context, StatusCodes.Status404NotFound, "The line board has no such page."),
        };
    }

    /// <summary>Relative, so that it is right whatever path a proxy has put before this one's.</summary>
    private static Task RedirectAsync(HttpContext context)
    {
        var path = context.Request.Path.ToUriComponent();
        context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
        context.Response.Headers.Location = $".{path[path.LastIndexOf('/')..]}/{context.Request.QueryString}";
        return Task.CompletedTask;
    }

    private static Task FileAsync(HttpContext context, PageFile file)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.CacheControl = "no-cache"; // Kept, and asked for again each time: a new version shows at once.
        response.Headers.ETag = file.ETag;
        if (request.GetTypedHeaders().IfNoneMatch is { } known
            && known.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Tag.Equals(file.ETag, StringComparison.Ordinal)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        return WriteAsync(context, file.ContentType, file.Content);
    }

    private async Task StateAsync(HttpContext context) =>
        await WriteAsync(context, "application/json", await board.Broadcast.StateAsync().ConfigureAwait(false)).ConfigureAwait(false);

    private Task LineAsync(HttpContext context, string number) =>
        int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var line) && board.Line(line) is { } details
            ? WriteAsync(
                context, "application/json", JsonSerializer.SerializeToUtf8Bytes(details, BoardJson.Default.BoardLineDetails))
            : SayAsync(context, StatusCodes.Status404NotFound, "The worker of this program has no such line.");

    private async Task EventsAsync(HttpContext context)
    {
        var response = context.Response;
        var isHead = HttpMethods.IsHead(context.Request.Method);
        var reader = isHead ? null : board.Broadcast.TryJoin();
        if (!isHead && reader is null)
        {
            response.Headers.RetryAfter = "10";
            await SayAsync(context, StatusCodes.Status503ServiceUnavailable, string.Create(CultureInfo.InvariantCulture,
                $"{BoardBroadcast.MaxReaders} boards are open already. Close one, or ask for state in the place of events."))
                .ConfigureAwait(false);
            return;
        }

        response.ContentType = "text/event-stream";
        response.Headers["X-Accel-Buffering"] = "no"; // nginx is to pass each event on at once.
        if (reader is null) return;
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        try
        {
            var kept = await FrameWriter.CopyAsync(
                reader, response.Body, board.TimeProvider, context.RequestAborted).ConfigureAwait(false);
            if (kept) return;
            BoardLog.TooSlow(board.Strangers, Caller.AddressOf(context), FrameWriter.SlowLimit.TotalSeconds);
            context.Abort();
        }
        finally
        {
            board.Broadcast.Leave(reader);
        }
    }

    private static Task SayAsync(HttpContext context, int status, string sentence)
    {
        context.Response.StatusCode = status;
        return WriteAsync(context, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes($"{sentence}\n"));
    }

    private static Task WriteAsync(HttpContext context, string contentType, byte[] content)
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = content.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.Body.WriteAsync(content, context.RequestAborted).AsTask();
    }
}
