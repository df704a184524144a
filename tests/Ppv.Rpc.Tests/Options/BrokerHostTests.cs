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
    [InlineData("amqp://")]
    [InlineData("amqp://host?heartbeat=5")]
    [InlineData("amqp://me:secret@host")]
    [InlineData("amqps://host?server_name_indication=kfs")] // A host, and more.
    [InlineData("http://host")]
    [InlineData("::1")]
    [InlineData("[::1")]
    [InlineData("[::1]5672")]
    public void What_is_no_host_is_refused(string? text) =>
        BrokerHost.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("amqp://kfs-gax", "kfs-gax", 5672, false)]
    [InlineData("AMQPS://kfs-gax", "kfs-gax", 5671, true)]
    [InlineData("amqps://[::1]:5673/", "::1", 5673, true)]
    public void A_uri_says_whether_it_is_tls(string text, string name, int port, bool useTls)
    {
        BrokerHost.TryParse(text, out var host).ShouldBeTrue();
        host.ShouldBe(new BrokerHost(name, port) { UseTls = useTls });
        BrokerHost.TryParse(host.ToString(), out var again).ShouldBeTrue();
        again.ShouldBe(host);
    }

    [Theory]
    [InlineData("amqp://me:p%40ss@kfs/%2Fppv", "me", "p@ss", "/ppv")]
    [InlineData("amqp://me@kfs", "me", "secret", "/")]
    [InlineData("amqp://kfs/ppv", "ppv", "secret", "ppv")]
    [InlineData("kfs", "ppv", "secret", "/")]
    public void A_login_in_a_uri_comes_before_the_single_settings(string host, string user, string password, string virtualHost)
    {
        var options = new BrokerOptions { Hosts = ["bs", host], UserName = "ppv", Password = "secret", VirtualHost = "/" };

        var own = options.For(options.ParseHosts()[1]);

        (own.UserName, own.Password, own.VirtualHost).ShouldBe((user, password, virtualHost));
        options.For(options.ParseHosts()[0]).UserName.ShouldBe("ppv");
        own.ParseHosts()[1].ToString().ShouldBe("kfs:5672");
    }

    [Theory]
    [InlineData("amqps://10.0.0.1?server_name_indication=kfs.example", "kfs.example")]
    [InlineData("amqps://me:secret@10.0.0.1:5673/ppv?SERVER_NAME_INDICATION=kfs.example", "kfs.example")]
    [InlineData("amqps://kfs", "kfs")]
    [InlineData("amqps://[::1]", "::1")]
    public void A_certificate_is_for_the_host_or_for_the_name_in_its_entry(string host, string name)
    {
        var options = new BrokerOptions { Hosts = ["amqps://bs?server_name_indication=bs.example", host] };
        options.ServerNameOf(options.ParseHosts()[0]).ShouldBe("bs.example");
        options.ServerNameOf(options.ParseHosts()[1]).ShouldBe(name);
    }

    [Theory]
    [InlineData("amqp://:secret@kfs")]
    [InlineData("amqp://me:secret@kfs?server_name_indication=kfs.example")] // Without TLS there is no certificate.
    [InlineData("amqps://me:secret@kfs?server_name_indication=")]
    [InlineData("amqps://me:secret@kfs?server_name_indication=a b")]
    [InlineData("amqps://me:secret@kfs?verify=verify_none")]
    [InlineData("amqps://me:secret@kfs?server_name_indication=kfs&verify=verify_none")]
    [InlineData("amqp://me:secret@kfs/a/b")]
    [InlineData("amqp://me:secret@kfs:0")]
    [InlineData("amqp://me:secret@kfs?query")]
    [InlineData("amqps://kfs?password=secret")]
    [InlineData("amqps://kfs?password=a@secret")]
    [InlineData("amqps://me:pass?secret@kfs")]
    [InlineData("amqps://me:secret?word@kfs")]
    [InlineData("amqps://me:secret#word@kfs")]
    [InlineData("amqp://me:secret/word@kfs")]
    [InlineData("amqp://me:secret")]
    [InlineData("http://me:secret@kfs@x y")]
    [InlineData("kfs?password=secret")]
    [InlineData("kfs#secret")]
    public void A_uri_that_can_not_be_read_is_refused_without_its_login(string text)
    {
        var options = new BrokerOptions { Hosts = [text] };
        Should.Throw<ArgumentException>(options.ParseHosts).Message.ShouldNotContain("secret");
    }
}
