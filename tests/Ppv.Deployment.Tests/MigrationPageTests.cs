using Ppv.Deployment.Tests.Support;

namespace Ppv.Deployment.Tests;

/// <summary>eng/migration.sh runs each command of docs/migration.md as it stands there, on a Debian of its own with systemd.</summary>
public class MigrationPageTests(PublishedPrograms programs)
{
    [Fact]
    public async Task The_page_word_for_word_turns_an_old_site_into_a_new_one_and_each_step_goes_back() =>
        (await programs.RunAsync("migration.sh")).ShouldContain(
            "The migration page works: 41 calls were bought on the way, and Wizard was told of each one once.");
}
