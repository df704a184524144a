using Ppv.Samples.Cli;
using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Running;

namespace Ppv.Cli.Tests;

/// <summary>A run of the tool in this process whose output is read while it runs.</summary>
internal sealed class Shown : IDisposable
{
    private static readonly TimeSpan Bound = Hang.Limit;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly StringWriter _text = new();
    private readonly TextWriter _output;

    public Shown() => _output = TextWriter.Synchronized(_text);

    public void Dispose() => _text.Dispose();

    /// <summary>All that was printed so far.</summary>
    public string Text { get { lock (_output) return _text.ToString().ReplaceLineEndings("\n"); } }

    public int? ExitCode { get; private set; }

    public async Task RunAsync(params string[] arguments) => ExitCode = await CliApplication.RunAsync(arguments, new CliEnvironment
    {
        Console = CliConsole.Create(_output, redirected: true),
        Error = _output,
        Input = TextReader.Null,
        Time = TimeProvider.System,
        Variable = name => name == "XDG_CONFIG_HOME" ? Path.Combine(AppContext.BaseDirectory, "no-contexts") : null,
    });

    /// <summary>Waits until a text was printed.</summary>
    public async Task UntilAsync(string text)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!Text.Contains(text, StringComparison.Ordinal))
        {
            if (TimeProvider.System.GetElapsedTime(since) > Bound) throw new TimeoutException($"'{text}' was not printed, but:\n{Text}");
            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
