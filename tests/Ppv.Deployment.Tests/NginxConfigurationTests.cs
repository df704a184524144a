using Ppv.Deployment.Tests.Support;

namespace Ppv.Deployment.Tests;

/// <summary>What nginx says of samples/deploy/nginx/ppv.conf without running it, and what no test of a run would show.</summary>
public class NginxConfigurationTests
{
    [Fact]
    public async Task Nginx_has_nothing_to_say_against_it()
    {
        var result = await Nginx.TestAsync();
        result.ExitCode.ShouldBe(0, result.Error);
        result.Error.ShouldNotContain("[warn]");
    }

    [Fact]
    public void Each_step_waits_longer_than_the_next_one_and_both_longer_than_a_gateway()
    {
        var steps = Nginx.Shipped.Split("\nserver {");
        steps.Length.ShouldBe(3);
        var (first, second) = (ReadTimeouts(steps[1])[0], ReadTimeouts(steps[2]).Single());
        second.ShouldBeGreaterThan(new Rpc.RpcOptions().ReplyTimeout.Seconds);
        first.ShouldBeGreaterThan(second);
    }

    private static List<int> ReadTimeouts(string text) =>
    [
        .. from part in text.Split("proxy_read_timeout ").Skip(1)
           select int.Parse(part[..part.IndexOf('s', StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture),
    ];
}
