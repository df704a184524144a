using System.Diagnostics;
using System.Text;

namespace Ppv.Cli.Tests;

/// <summary>
/// The built tool as a process: <see cref="RunAsync"/> with pipes, <see cref="StartOnTerminal"/> on a pseudo-terminal that
/// <c>script</c> (util-linux) makes.
/// </summary>
internal sealed class Tool : IDisposable
{
    private static readonly TimeSpan Bound = Hang.Limit;

    private readonly Process _process;
    private readonly StringBuilder _shown = new(), _complained = new();
    private readonly Task _reading;
    private readonly Lock _lock = new();
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Tool(Process process)
    {
        _process = process;
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>The tool as it was built beside the tests.</summary>
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "ppv");

    /// <summary>Runs it to its end, its output going to pipes.</summary>
    /// <param name="environment">Variables to add; by default there are no contexts.</param>
    /// <param name="arguments">Its arguments, unquoted.</param>
    public static async Task<ToolRun> RunAsync(IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        using var process = Process.Start(Start(Path, arguments, environment))!;
        process.StandardInput.Close();
        using var bound = new CancellationTokenSource(Bound);
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(bound.Token), process.StandardError.ReadToEndAsync(bound.Token));
            await Task.WhenAll(output, error, process.WaitForExitAsync(bound.Token));
            return new ToolRun(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"ppv {string.Join(' ', arguments)} did not end within {Bound.TotalSeconds} s.");
        }
    }

    public static Task<ToolRun> RunAsync(params string[] arguments) => RunAsync(null, arguments);

    /// <summary>Starts it on a terminal of 110 columns and 40 rows.</summary>
    /// <param name="environment">Variables to add.</param>
    /// <param name="arguments">Its arguments; none may hold a single quote.</param>
    public static Tool StartOnTerminal(IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var command = $"stty cols 110 rows 40; exec '{Path}' {string.Join(' ', arguments.Select(argument => $"'{argument}'"))}";
        var start = Start("script", ["-qefc", command, "/dev/null"], environment);
        start.Environment["TERM"] = environment?.GetValueOrDefault("TERM") ?? "xterm-256color";
        return new Tool(Process.Start(start)!);
    }

    /// <summary>Starts it with pipes, for what does not end by itself; <see cref="Shown"/> is its standard output.</summary>
    public static Tool Start(params string[] arguments)
    {
        var process = Process.Start(Start(Path, arguments, null))!;
        process.StandardInput.Close();
        var tool = new Tool(process);
        process.ErrorDataReceived += (_, line) => tool.AddError(line.Data);
        process.BeginErrorReadLine();
        return tool;
    }

    /// <summary>Sends SIGINT, as Ctrl-C does on a terminal, or another signal.</summary>
    public Task SignalAsync(string signal = "INT") => Ppv.TestKit.CommandLine.RunCheckedAsync(
        "kill", [$"-{signal}", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)], Bound);

    /// <summary>Runs it on a terminal to its end.</summary>
    public static async Task<ToolRun> RunOnTerminalAsync(IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        using var tool = StartOnTerminal(environment, arguments);
        return await tool.EndAsync();
    }

    /// <summary>All that was shown so far.</summary>
    public string Shown
    {
        get { lock (_lock) return _shown.ToString(); }
    }

    /// <summary>Types keys; <c>\x03</c> is Ctrl-C.</summary>
    public async Task TypeAsync(string keys)
    {
        await _process.StandardInput.WriteAsync(keys);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Waits until a text was shown.</summary>
    public Task UntilShownAsync(string text) => UntilAsync(_shown, text);

    /// <summary>Waits until a text came on standard error, which <see cref="Start"/> keeps apart.</summary>
    public Task UntilComplainedAsync(string text) => UntilAsync(_complained, text);

    private async Task UntilAsync(StringBuilder where, string text)
    {
        using var bound = new CancellationTokenSource(Bound);
        while (true)
        {
            Task more;
            lock (_lock)
            {
                if (where.ToString().Contains(text, StringComparison.Ordinal)) return;
                if (_reading.IsCompleted) throw new InvalidOperationException($"It ended without showing '{text}': {_shown}");
                more = _more.Task;
            }

            try
            {
                await more.WaitAsync(bound.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"'{text}' was not shown within {Bound.TotalSeconds} s, but: {Shown}");
            }
        }
    }

    /// <summary>Waits for its end.</summary>
    public async Task<ToolRun> EndAsync()
    {
        using var bound = new CancellationTokenSource(Bound);
        try
        {
            await _process.WaitForExitAsync(bound.Token);
            await _reading.WaitAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"It did not end within {Bound.TotalSeconds} s. It showed: {Shown}");
        }

        return new ToolRun(_process.ExitCode, Shown.ReplaceLineEndings("\n"), "");
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static ProcessStartInfo Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["XDG_CONFIG_HOME"] = System.IO.Path.Combine(AppContext.BaseDirectory, "no-contexts");
        foreach (var name in new[] { "NO_COLOR", "PPV_CONTEXT" }) start.Environment.Remove(name);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return start;
    }

    private async Task ReadAsync()
    {
        var buffer = new char[4096];
        while (await _process.StandardOutput.ReadAsync(buffer) is > 0 and var count)
        {
            Add(_shown, new string(buffer, 0, count));
        }

        lock (_lock) _more.TrySetResult();
    }

    private void AddError(string? line)
    {
        if (line is not null) Add(_complained, line + "\n");
    }

    private void Add(StringBuilder where, string text)
    {
        TaskCompletionSource told;
        lock (_lock)
        {
            where.Append(text);
            (told, _more) = (_more, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        told.TrySetResult();
    }
}
