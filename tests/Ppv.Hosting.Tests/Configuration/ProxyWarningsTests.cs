using Microsoft.Extensions.Configuration;

namespace Ppv.Hosting.Tests;

/// <summary>Which proxies can hardly be meant.</summary>
public class ProxyWarningsTests
{
    [Theory]
    [InlineData("0.0.0.0/0", true)]
    [InlineData("::/0", true)]
    [InlineData("64.0.0.0/2", true)]
    [InlineData("::ffff:0:0/96", true)]
    [InlineData("::ffff:64.0.0.0/98", true)]
    [InlineData("::/64", true)]
    [InlineData("::ffff:10.0.0.0/104", false)]
    [InlineData("fd00::/8", false)]
    [InlineData("::1", false)]
    [InlineData("10.0.0.0/8", false)]
    [InlineData("127.0.0.1", false)]
    public void A_proxy_that_is_nearly_everybody_is_a_warning(string proxy, bool isWarned)
    {
        var warnings = ProxyWarnings.Of(new OrderEndpointOptions { KnownProxies = [proxy] }, null).ToList();
        warnings.Count.ShouldBe(isWarned ? 1 : 0);
        if (isWarned)
            warnings[0].ShouldStartWith(
                $"Ppv:Gateway:KnownProxies:0 is {System.Net.IPNetwork.Parse(proxy)}, which takes in nearly everybody");
    }

    [Theory]
    [InlineData("http://localhost:8070", true)]
    [InlineData("http://127.0.0.1:8070;http://unix:/run/x.sock", true)]
    [InlineData("http://*:8070", false)]
    [InlineData("http://10.0.0.7:8070", false)]
    [InlineData("http://unix:/run/x.sock", false)]
    [InlineData("nonsense", false)]
    public void A_limit_for_each_caller_on_loopback_without_a_known_proxy_is_a_warning(string urls, bool isWarned)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("urls", urls)]).Build();
        var limited = new OrderEndpointOptions { Limits = { RequestsPerClient = 5 } };
        ProxyWarnings.Of(limited, configuration).Count().ShouldBe(isWarned ? 1 : 0);
        ProxyWarnings.Of(new OrderEndpointOptions(), configuration).ShouldBeEmpty();
        limited.KnownProxies.Add("127.0.0.1");
        ProxyWarnings.Of(limited, configuration).ShouldBeEmpty();
    }
}
