using System.CommandLine;
using Ppv.Hosting;
using Ppv.Hosting.Board;
using Ppv.Hosting.Board.State;
using Ppv.Hosting.Running;
using Ppv.Protocol.Text;
using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Running;
using Ppv.Samples.Cli.Targets;
using Spectre.Console;

namespace Ppv.Samples.Cli.Watch;

/// <summary><c>ppv watch</c>: the line board in the terminal.</summary>
internal static class WatchVerb
{
    public static Command Create(CliEnvironment environment)
    {
        var targets = new TargetOptions(environment);
        var url = new Option<string?>("--url", "--board") { Description = "The line board, such as http://localhost:8071/board." };
        var count = new Option<int?>("--count") { Description = "Ends after this many whole states; default: Ctrl-C ends it." };
        var json = new Option<bool>("--json") { Description = "Prints each state as JSON, one a line, for programs." };
        url.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !TargetRules.Board.IsValid(token.Value))
                result.AddError($"--url takes {TargetRules.Board.Sentence}");
        });
        count.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, out var number) && number > 0))
                result.AddError("--count takes a whole number above 0.");
        });

        var command = new Verb(
            "watch", "Shows the line board of a worker or gateway: live on a terminal, elsewhere a line for each change.",
            "ppv watch", "ppv watch --url http://ppv-worker-1:8071/board", "ppv watch --json --count 1")
        {
            url, count, json,
        };
        targets.AddTo(command, 0);
        command.SetAction((parsed, cancellationToken) =>
        {
            var board = TargetRules.Uri(parsed.GetValue(url)) ?? targets.ResolveOrGuess(parsed, TargetParts.Board).Board!;
            return RunAsync(
                environment, new BoardFeed(board, environment.Time), parsed.GetValue(count), parsed.GetValue(json), cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        CliEnvironment environment, BoardFeed feed, int? count, bool json, CancellationToken cancellationToken)
    {
        var left = count ?? int.MaxValue;
        var (log, screen) = (new WatchLog(environment.Output, environment.Time), new LiveScreen(environment.Time));
        Action<BoardNews> show = json ? ShowJson : log.Show;
        try
        {
            if (environment.CanRedraw && !json) await ShowLiveAsync(environment.Console, screen, Listen, cancellationToken);
            else await Listen(show, cancellationToken);
            return ExitCodes.Ok;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCodes.Interrupted; // The way to end it: nothing to complain of.
        }

        Task Listen(Action<BoardNews> show, CancellationToken token) => feed.RunAsync(
            news =>
            {
                // Who wants so many states and no more wants whole ones; who watches sees what there is.
                if (count is not null && news.State is { IsComplete: false }) return true;
                show(news);
                return news.State is null || --left > 0;
            },
            token);

        void ShowJson(BoardNews news)
        {
            if (news.State is null) environment.Error.WriteLine(news.Problem);
            else environment.Output.WriteLine(
                PlainText.OfJson(System.Text.Json.JsonSerializer.Serialize(news.State, BoardJson.Default.BoardState)));
        }
    }

    /// <summary>Draws the screen with each piece of news; it stays as it was last, with the cursor below it.</summary>
    private static Task ShowLiveAsync(
        IAnsiConsole console, LiveScreen screen, Func<Action<BoardNews>, CancellationToken, Task> listen,
        CancellationToken cancellationToken) =>
        console.Live(Text.Empty).Overflow(VerticalOverflow.Crop).Cropping(VerticalOverflowCropping.Bottom).StartAsync(
            live => listen(news => live.UpdateTarget(screen.After(news)), cancellationToken));

    /// <summary>Remembers what was said last, for when nothing is said any more.</summary>
    private sealed class LiveScreen(TimeProvider time)
    {
        private BoardState? _last;

        public Spectre.Console.Rendering.IRenderable After(BoardNews news)
        {
            _last = news.State ?? _last;
            return _last is null ? Text.Empty : WatchScreen.Of(_last, news.State is null ? news.Problem : null, time);
        }
    }
}
