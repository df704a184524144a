namespace Ppv.TestKit;

/// <summary>Where things are in the working copy that the tests were built from.</summary>
public static class RepositoryPaths
{
    private const string Marker = "RestRpc.sln";

    /// <summary>The folder of <c>RestRpc.sln</c>.</summary>
    /// <exception cref="InvalidOperationException">The tests don't run from inside a working copy.</exception>
    public static string Root { get; } = FindRoot();

    /// <summary>A path under the root, such as <c>PathTo("eng", "broker.sh")</c>.</summary>
    public static string PathTo(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Marker)))
                return folder.FullName;
        }

        throw new InvalidOperationException(
            $"{Marker} is in no folder above {AppContext.BaseDirectory}; run the tests from a working copy.");
    }
}
