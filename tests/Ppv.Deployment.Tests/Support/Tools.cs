namespace Ppv.Deployment.Tests.Support;

/// <summary>Programs that eng/tool.sh finds, or gets.</summary>
internal static class Tools
{
    private const int Missing = 3;
    private static readonly TimeSpan InstallBound = TimeSpan.FromMinutes(15);

    /// <summary>The path of a tool; where it can't be had the test is skipped, and says why.</summary>
    public static async Task<string> PathOrSkipAsync(string tool)
    {
        var (path, problem) = await FindAsync(tool);
        Assert.SkipWhen(path is null, problem);
        return path!;
    }

    /// <summary>The path of a tool without which nothing is shown.</summary>
    /// <exception cref="InvalidOperationException">It is not there and can't be had; the message says why.</exception>
    public static async Task<string> PathAsync(string tool)
    {
        var (path, problem) = await FindAsync(tool);
        return path ?? throw new InvalidOperationException(problem);
    }

    private static async Task<(string? Path, string Problem)> FindAsync(string tool)
    {
        var script = RepositoryPaths.PathTo("eng", "tool.sh");
        var result = await CommandLine.RunAsync(script, [tool], InstallBound);
        return result.ExitCode switch
        {
            0 => (LastLine(result.Output), ""),
            Missing => (null, LastLine(result.Error)),
            _ => throw new InvalidOperationException($"eng/tool.sh {tool} ended with {result.ExitCode}.\n{result.Error}"),
        };
    }

    private static string LastLine(string text) => text.Trim().Split('\n')[^1];
}
