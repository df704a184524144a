using System.Net;

namespace Ppv.Hosting.Tests;

/// <summary>The board's events over a real HTTP server.</summary>
public class BoardStreamTests
{
    private static readonly TimeSpan Bound = Hang.Limit;

    [Fact]
    public async Task The_first_event_comes_at_once_and_no_proxy_is_to_hold_it_back()
    {
        await using var app = await BoardApp.StartAsync(withGateway: false);
        using var answer = await OpenAsync(app);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.GetValues("X-Accel-Buffering").ShouldBe(["no"]);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        (await LinesUntilAsync(lines, "data: ")).ShouldBe(["retry: 1000", "", "event: state"]);
    }

    [Fact]
    public async Task At_shutdown_a_stream_says_goodbye_and_ends_and_keeps_nobody_waiting()
    {
        var app = await BoardApp.StartAsync(withGateway: false);
        using var answer = await OpenAsync(app);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        await LinesUntilAsync(lines, "data: ");
        var stopping = app.StopAsync();
        (await LinesUntilAsync(lines, "event: bye")).ShouldNotBeNull();
        (await lines.ReadToEndAsync().WaitAsync(Bound)).ShouldBe("data: {}\n\n");
        await stopping.WaitAsync(Bound); // The server would wait longer for requests that don't end.
        await app.DisposeAsync();
    }

    [Fact]
    public async Task When_too_many_watch_the_next_one_is_told_to_come_later_and_state_is_still_to_be_had()
    {
        await using var app = await BoardApp.StartAsync(withGateway: false);
        List<HttpResponseMessage> open = [];
        for (var reader = 0; reader < BoardBroadcast.MaxReaders; reader++) open.Add(await OpenAsync(app));
        open.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
        using (var refused = await OpenAsync(app))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(10));
            (await refused.Content.ReadAsStringAsync()).ShouldStartWith("100 boards are open already.");
        }

        await app.StateAsync();
        foreach (var answer in open) answer.Dispose();
        using var bound = new CancellationTokenSource(Bound);
        while (true)
        {
            using var next = await OpenAsync(app);
            if (next.StatusCode == HttpStatusCode.OK) return;
            bound.Token.ThrowIfCancellationRequested();
        }
    }

    private static Task<HttpResponseMessage> OpenAsync(BoardApp app) =>
        app.Http.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/board/events"), HttpCompletionOption.ResponseHeadersRead);

    /// <summary>The lines before the first one that begins so.</summary>
    private static async Task<List<string>> LinesUntilAsync(StreamReader lines, string beginning)
    {
        using var bound = new CancellationTokenSource(Bound);
        List<string> before = [];
        while (await lines.ReadLineAsync(bound.Token) is { } line)
        {
            if (line.StartsWith(beginning, StringComparison.Ordinal)) return before;
            before.Add(line);
        }

        throw new InvalidOperationException($"The stream ended before a line that begins with {beginning}");
    }
}
