using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Ppv.Hosting;
using Ppv.Hosting.Board.State;
using Ppv.Hosting.Preflight;
using Ppv.Hosting.Running;
using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Running;

namespace Ppv.Samples.Cli.Watch;

/// <summary>
/// Listens to a line board: to its stream of events, and where there is none, by looking at its state now and then. Once it was heard it is
/// tried again for as long as somebody listens.
/// </summary>
internal sealed class BoardFeed(Uri board, TimeProvider time)
{
    private const int LongestState = 16 * 1024 * 1024; // Bytes.
    private const int LongestSentence = 300; // Characters of an answer that is no state.

    /// <summary>A board says something every 5 s at least.</summary>
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = LongestState,
    };

    /// <summary>After this a stream that was held back is tried again.</summary>
    private static readonly TimeSpan StreamAgain = TimeSpan.FromMinutes(10);

    private long? _heldBackAt;

    private readonly Uri _folder = new(board.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/");

    /// <summary>Listens until the token is cancelled, or <paramref name="hear"/> has heard enough.</summary>
    /// <param name="hear">Is told each piece of news, one after the other; <see langword="false"/> when it wants no more.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CliException">The board was not reached, or is none.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task RunAsync(Func<BoardNews, bool> hear, CancellationToken cancellationToken)
    {
        var wasHeard = false;
        var wantsMore = true;
        while (true)
        {
            var problem = await ListenAsync(news => wantsMore = hear(news), cancellationToken);
            if (!wantsMore) return;
            if (problem.WasHeard) wasHeard = true;
            else if (!wasHeard)
                throw new CliException($"The line board at {board} can't be watched: {problem.Sentence}", ExitCodes.Unreachable);
            if (problem.Sentence is not null && !hear(new BoardNews(null, problem.Sentence))) return;
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    /// <summary>One connection's worth of news.</summary>
    private async Task<Ending> ListenAsync(Func<BoardNews, bool> hear, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(SilenceLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        var wasHeard = false;
        try
        {
            if (_heldBackAt is { } at && time.GetElapsedTime(at) < StreamAgain) return await LookAsync(hear, either.Token);
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_folder, "events"));
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
            using var response = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (!response.IsSuccessStatusCode || response.Content.Headers.ContentType?.MediaType != "text/event-stream")
                return await LookAsync(hear, either.Token);
            await using var stream = await response.Content.ReadAsStreamAsync(either.Token);
            await foreach (var item in SseParser.Create(stream).EnumerateAsync(either.Token))
            {
                silence.CancelAfter(SilenceLimit);
                if (item.EventType == "bye") return new Ending(wasHeard, "The program was stopped.");
                if (item.EventType != "state") continue;
                (wasHeard, _heldBackAt) = (true, null);
                if (!hear(new BoardNews(Parse(item.Data)))) return new Ending(wasHeard, null);
            }

            return new Ending(wasHeard, "The program closed the connection: it may be dead.");
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException)
        {
            return new Ending(
                wasHeard, $"The program does not answer ({Printable.Text(problem.Message)}). Check the address, and whether it runs.");
        }
        catch (JsonException)
        {
            return new Ending(wasHeard, "What it says is no state of a line board. Check the address: it ends in /board as a rule.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A proxy may hold back what a program that is well says: one look tells.
            if (_heldBackAt is null && await IsWellAsync(hear, cancellationToken)) return new Ending(true, null);
            return new Ending(wasHeard, $"The program has said nothing for {SilenceLimit.TotalSeconds} s: it may hang.");
        }
    }

    private async Task<bool> IsWellAsync(Func<BoardNews, bool> hear, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(SilenceLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        try
        {
            if (!(await LookAsync(hear, either.Token)).WasHeard) return false;
            _heldBackAt = time.GetTimestamp();
            return true;
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException or JsonException
            || (problem is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    /// <summary>Looks at the state once, where there is no stream of events.</summary>
    private async Task<Ending> LookAsync(Func<BoardNews, bool> hear, CancellationToken cancellationToken)
    {
        using var response = await Client.GetAsync(new Uri(_folder, "state"), cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        if (!response.IsSuccessStatusCode)
            return new Ending(false, $"The server answered {(int)response.StatusCode}. {SentenceOf(text)}".TrimEnd());
        hear(new BoardNews(Parse(text)));
        return new Ending(true, null);
    }

    private static BoardState Parse(string json) =>
        JsonSerializer.Deserialize(json, BoardJson.Default.BoardState) is { Verdict: not null, Path: not null, Lines: not null } state
            ? state
            : throw new JsonException("It lacks what every state has.");

    private static string SentenceOf(string text)
    {
        text = text.Trim();
        return text.StartsWith('<') ? "" : Printable.Text(text.Length > LongestSentence ? text[..LongestSentence] : text);
    }

    /// <summary>How a connection ended.</summary>
    /// <param name="WasHeard">Whether there was news on it.</param>
    /// <param name="Sentence">What is wrong; <see langword="null"/> when nothing is.</param>
    private sealed record Ending(bool WasHeard, string? Sentence);
}
