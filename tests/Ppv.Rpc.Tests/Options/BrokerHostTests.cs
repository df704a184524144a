namespace Ppv.Rpc.Tests.Hosts;

public class BrokerHostTests
{
    [Theory]
    [InlineData("kfs-gax", "kfs-gax", 5672)]
    [InlineData(" bs-gax:5673 ", "bs-gax", 5673)]
    [InlineData("10.0.0.1:1", "10.0.0.1", 1)]
    [InlineData("[::1]", "::1", 5672)]
    [InlineData("[fe80::2]:65535", "fe80::2", 65535)]
    public void A_host_may_carry_a_port(string text, string name, int port)
    {
        BrokerHost.TryParse(text, out var host).ShouldBeTrue();
        host.ShouldBe(new BrokerHost(name, port));
        BrokerHost.TryParse(host.ToString(), out var again).ShouldBeTrue();
        again.ShouldBe(host);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData(":5672")]
    [InlineData("host:")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:-1")]
    [InlineData("host:+1")]
    [InlineData("host:99999999999")]
    [InlineData("a b")]
    [InlineData("amqp://host")]
    [InlineData("::1")]
    [InlineData("[::1")]
    [InlineData("[::1]5672")]
    public void What_is_no_host_is_refused(string? text) =>
        BrokerHost.TryParse(text, out _).ShouldBeFalse();
}
