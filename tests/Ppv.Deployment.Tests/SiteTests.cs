using Ppv.Deployment.Tests.Support;

namespace Ppv.Deployment.Tests;

/// <summary>eng/site.sh does on this machine what docs/deployment.md says, without systemd, and the site sells.</summary>
public class SiteTests(PublishedPrograms programs)
{
    [Fact]
    public async Task The_site_of_the_documents_sells_through_nginx_two_gateways_RabbitMQ_and_a_worker() =>
        (await programs.RunAsync("site.sh")).ShouldContain(
            "The site works: one call was bought through nginx, two gateways, RabbitMQ and a worker.");
}
