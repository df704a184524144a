using System.Diagnostics;
using System.Reflection;
using System.Text;

namespace Ppv.Broker.Tests.Support;

/// <summary>A program of samples/, or one of tests/, run as an operator runs it.</summary>
internal sealed class SampleProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly List<(string Text, TaskCompletionSource Found)> _waiting = [];
    private int _disposed;

    private SampleProgram(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Output
    {
        get { lock (_output) return _output.ToString(); }
    }

    /// <summary>The process's id.</summary>
    public int Id => _process.Id;

    /// <param name="sample">The folder below samples/.</param>
    /// <param name="assembly">The program's file, without <c>.dll</c>.</param>
    /// <param name="arguments">Its command line.</param>
    public static SampleProgram Start(string sample, string assembly, params string[] arguments) =>
        StartIn(Path.Combine("samples", sample), assembly, arguments);

    /// <param name="project">The project's folder, below the root.</param>
    /// <param name="assembly">The program's file, without <c>.dll</c>.</param>
    /// <param name="arguments">Its command line.</param>
    public static SampleProgram StartIn(string project, string assembly, params string[] arguments) =>
        Start(new ProcessStartInfo("dotnet", [PathTo(project, assembly), .. arguments]));

    /// <summary>The program's file, as it was built with these tests.</summary>
    /// <param name="project">The project's folder, below the root.</param>
    /// <param name="assembly">The program's file, without <c>.dll</c>.</param>
    public static string PathTo(string project, string assembly)
    {
        var configuration = typeof(SampleProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(
            data => data.Key == "Configuration").Value!;
        return RepositoryPaths.PathTo(project, "bin", configuration, "net10.0", assembly + ".dll");
    }

    /// <summary>Starts whatever is described; its output is taken here.</summary>
    public static SampleProgram Start(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        return new SampleProgram(new Process { StartInfo = start });
    }

    /// <summary>Waits until the program has printed a text.</summary>
    public async Task PrintedAsync(string text)
    {
        var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_output)
        {
            if (_output.ToString().Contains(text, StringComparison.Ordinal)) return;
            _waiting.Add((text, found));
        }

        try
        {
            await found.Task.Within();
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The program did not print '{text}'. It printed:\n{Output}");
        }
    }

    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync().Within();
        return _process.ExitCode;
    }

    /// <summary>SIGKILL. The process may still be there when this returns; <see cref="ExitCodeAsync"/> waits for its end.</summary>
    public void Kill() => _process.Kill();

    public async Task<int> TerminateAsync()
    {
        await SignalAsync("TERM");
        return await ExitCodeAsync();
    }

    /// <summary>Sends a signal such as <c>STOP</c> or <c>CONT</c>.</summary>
    public Task SignalAsync(string signal) =>
        CommandLine.RunCheckedAsync(
            "kill", ["-" + signal, _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)], Bounds.Limit);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync().Within();
        _process.Dispose();
    }

    private void Add(string? line)
    {
        if (line is null) return;
        lock (_output)
        {
            _output.AppendLine(line);
            var printed = _output.ToString();
            foreach (var (text, found) in _waiting)
            {
                if (printed.Contains(text, StringComparison.Ordinal)) found.TrySetResult();
            }
        }
    }
}
