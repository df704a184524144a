using System.ComponentModel;
using System.Diagnostics;

namespace Ppv.TestKit;

/// <summary>Runs programs to their end, with a bound.</summary>
public static class CommandLine
{
    /// <summary>What a program printed and how it ended.</summary>
    /// <param name="ExitCode">0 for success.</param>
    /// <param name="Output">Its standard output.</param>
    /// <param name="Error">Its standard error.</param>
    public sealed record Result(int ExitCode, string Output, string Error);

    /// <summary>Runs a program and waits for its end.</summary>
    /// <param name="fileName">The program.</param>
    /// <param name="arguments">Its arguments, unquoted.</param>
    /// <param name="timeout">After this long it is killed, with all that it started.</param>
    /// <param name="workingDirectory">Where it runs; by default here.</param>
    /// <param name="environment">Variables to add.</param>
    /// <exception cref="TimeoutException">It did not end in time.</exception>
    public static async Task<Result> RunAsync(
        string fileName,
        IEnumerable<string> arguments,
        TimeSpan timeout,
        string? workingDirectory = null,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(fileName, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{fileName} did not start.");
        process.StandardInput.Close();
        using var bound = new CancellationTokenSource(timeout);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(bound.Token);
            var error = process.StandardError.ReadToEndAsync(bound.Token);
            await Task.WhenAll(output, error, process.WaitForExitAsync(bound.Token));
            return new Result(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException(
                $"{fileName} {string.Join(' ', start.ArgumentList)} did not end within {timeout.TotalSeconds} s and was killed.");
        }
    }

    /// <summary>Runs a program that has to succeed, and gives its output.</summary>
    /// <exception cref="InvalidOperationException">It ended with another code than 0; the message holds what it printed.</exception>
    /// <exception cref="TimeoutException">It did not end in time.</exception>
    public static async Task<string> RunCheckedAsync(
        string fileName,
        IEnumerable<string> arguments,
        TimeSpan timeout,
        string? workingDirectory = null,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var list = arguments.ToList();
        var result = await RunAsync(fileName, list, timeout, workingDirectory, environment);
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException(
                $"{fileName} {string.Join(' ', list)} ended with code "
                    + $"{result.ExitCode}.{Environment.NewLine}{result.Output}{result.Error}");
    }

    /// <summary>Whether a program is there and succeeds.</summary>
    public static async Task<bool> SucceedsAsync(string fileName, IEnumerable<string> arguments, TimeSpan timeout)
    {
        try
        {
            return (await RunAsync(fileName, arguments, timeout)).ExitCode == 0;
        }
        catch (Exception problem) when (problem is Win32Exception or TimeoutException)
        {
            return false;
        }
    }
}
