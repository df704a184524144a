using Ppv.TestKit;

namespace Ppv.Packages.Tests;

/// <summary>Installs the packages into a fresh project, as an integrator does, and places an order.</summary>
public sealed class ConsumerTests(PackedPackages packages)
{
    private static readonly TimeSpan BuildBound = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan RunBound = TimeSpan.FromMinutes(1);

    /// <summary>What the project asks for itself is no downgrade at the one end, and works at the other.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_fresh_project_with_the_packages_places_an_order(bool hasNewestOthers)
    {
        string[] others = ["RabbitMQ.Client", "Polly.Core", "Microsoft.Extensions.Options", "Microsoft.Extensions.Logging.Abstractions"];
        var versions = hasNewestOthers ? PinnedVersions.Newest() : PinnedVersions.Lowest();
        using var project = await ConsumerProject.CreateAsync(packages, others.ToDictionary(name => name, name => versions[name]));

        await project.DotnetAsync(BuildBound, "build", "-c", "Release", "-v", "quiet");
        foreach (var id in (string[])[PackedPackages.Hosting, PackedPackages.Testing]) project.ShouldHaveRestored(packages.Open(id));
        var output = await project.DotnetAsync(RunBound, Path.Combine("bin", "Release", "net10.0", "Consumer.dll"));

        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        lines.ShouldContain("EV=262193 Completed OK");
        lines.ShouldContain("EN=85****20 Completed OK");
        lines.ShouldContain("CONFIRM=UP Completed OK");
        // The line is the one that the contract computes for this call (§3).
        lines.Where(line => line.StartsWith("purchase:", StringComparison.Ordinal))
            .ShouldBe(["purchase: line 020, event 262193, subscriber 85165320"]);
        lines.ShouldContain("""test host: {"callresult":"OK"}""");
        lines.ShouldContain("purchase cart-7: Completed OK, 1 booked");
    }
}
