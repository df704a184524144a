using Ppv.Deployment.Tests.Support;

namespace Ppv.Deployment.Tests;

/// <summary>Whole sites, as the documents set them up.</summary>
public class SiteTests(PublishedPrograms programs) : IClassFixture<PublishedPrograms>
{
    private const int NotPermitted = 77;

    /// <summary>eng/site.sh does on this machine what docs/deployment.md says, without systemd, and the site sells.</summary>
    [Fact]
    public async Task The_site_of_the_documents_sells_through_nginx_two_gateways_RabbitMQ_and_a_worker()
    {
        var result = await RunAsync("site.sh");

        result.ExitCode.ShouldBe(0, result.Output + result.Error);
        result.Output.ShouldContain("The site works: one call was bought through nginx, two gateways, RabbitMQ and a worker.");
    }

    /// <summary>eng/migration.sh runs each command of docs/migration.md as it stands there, with a systemd of its own.</summary>
    [Fact]
    public async Task The_migration_page_word_for_word_turns_an_old_site_into_a_new_one_and_each_step_goes_back()
    {
        var result = await RunAsync("migration.sh");

        Assert.SkipWhen(result.ExitCode == NotPermitted, result.Error.Trim());
        result.ExitCode.ShouldBe(0, result.Output + result.Error);
        result.Output.ShouldContain("The migration page works: 41 calls were bought on the way, and Wizard was told of each one once.");
    }

    private Task<CommandLine.Result> RunAsync(string script) =>
        CommandLine.RunAsync(RepositoryPaths.PathTo("eng", script), ["--published", programs.Folder], PublishedPrograms.Bound);
}
