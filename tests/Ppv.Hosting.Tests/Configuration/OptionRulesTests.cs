using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Ppv.Rpc;

namespace Ppv.Hosting.Tests;

/// <summary>Every rule has a message that names the configuration path, the value and the rule; between two values, both of each.</summary>
public class OptionRulesTests
{
    private const string HostRule =
        "host, host:port, [IPv6 address]:port, or one of them in an amqp:// or amqps:// URI, with a port of 1 to 65535.";

    public static TheoryData<string, string, string> ForBoth => new()
    {
        { "Broker:Hosts:0", "a:b:c", "Ppv:Broker:Hosts:0 is \"a:b:c\"; it must be " + HostRule },
        { "Broker:Hosts:0", "kfs:0", "Ppv:Broker:Hosts:0 is \"kfs:0\"; it must be " + HostRule },
        { "Broker:Hosts:0", "kfs:65536", "Ppv:Broker:Hosts:0 is \"kfs:65536\"; it must be " + HostRule },
        { "Broker:VirtualHost", "", "Ppv:Broker:VirtualHost is \"\"; it must be a text that is not empty." },
        { "Broker:UserName", " ", "Ppv:Broker:UserName is \" \"; it must be a text that is not empty." },
        { "Broker:Heartbeat", "00:00:00.5", "Ppv:Broker:Heartbeat is 00:00:00.5; it must be 00:00:01 to 00:01:00." },
        { "Broker:Heartbeat", "00:01:01", "Ppv:Broker:Heartbeat is 00:01:01; it must be 00:00:01 to 00:01:00." },
        { "Broker:DialTimeout", "00:00:00.099", "Ppv:Broker:DialTimeout is 00:00:00.099; it must be 00:00:00.1 to 00:01:00." },
        { "Broker:OperationTimeout", "00:05:01", "Ppv:Broker:OperationTimeout is 00:05:01; it must be 00:00:01 to 00:05:00." },
        { "Broker:ReconnectDelay", "00:00:00", "Ppv:Broker:ReconnectDelay is 00:00:00; it must be 00:00:00.01 to 00:01:00." },
        { "Broker:ReconnectDelay", "00:00:31", "Ppv:Broker:ReconnectDelay is 00:00:31, longer than Ppv:Broker:MaxReconnectDelay, which "
            + "is 00:00:30. Make it shorter." },
        { "Broker:MaxReconnectDelay", "00:10:01", "Ppv:Broker:MaxReconnectDelay is 00:10:01; it must be 00:00:00.01 to 00:10:00." },
        { "Broker:MaxRetries", "0", "Ppv:Broker:MaxRetries is 0; it must be 1 to 2147483647." },
        { "Broker:MaxRetriesPerHost", "101", "Ppv:Broker:MaxRetriesPerHost is 101; it must be 1 to 100." },
        { "Rpc:Queue", "", "Ppv:Rpc:Queue is \"\"; it must be 1 to 255 bytes long." },
        { "Rpc:Queues:0:Name", "", "Ppv:Rpc:Queues:0:Name is \"\"; it must be 1 to 255 bytes long." },
        { "Rpc:Queues:0:From", "soon", "Ppv:Rpc:Queues:0:From is \"soon\"; it must be a point in time with its offset from UTC, such as "
            + "2026-12-01T04:00:00+01:00." },
        { "Rpc:Queues:0", "kfs", "Ppv:Rpc:Queues:0 is a section, and not one value: name an option in it, such as Ppv:Rpc:Queues:0:Name. "
            + "It is from the program itself." },
        { "Rpc:QueueKind", "7", "Ppv:Rpc:QueueKind is 7; it must be one of LegacyTransient, DurableClassic, Quorum, Passive." },
        { "Rpc:MessageTtl", "01:00:01", "Ppv:Rpc:MessageTtl is 01:00:01; it must be 00:00:01 to 01:00:00." },
        { "Rpc:MessageTtl", "00:00:01.0005", "Ppv:Rpc:MessageTtl is 00:00:01.0005; it must be whole milliseconds." },
        { "Rpc:ReplyTimeout", "30", "Ppv:Rpc:ReplyTimeout is 30.00:00:00; it must be 00:00:00.1 to 00:10:00." },
        { "Rpc:ConnectionWait", "-00:00:01", "Ppv:Rpc:ConnectionWait is -00:00:01; it must be 00:00:00 to 00:10:00." },
        { "Rpc:ConnectionWait", "00:01:00", "Ppv:Rpc:ConnectionWait is 00:01:00, longer than Ppv:Rpc:ReplyTimeout, which is 00:00:30. "
            + "Make it shorter." },
        { "Rpc:MaxPendingRequests", "0", "Ppv:Rpc:MaxPendingRequests is 0; it must be 1 to 100000." },
        { "Rpc:Prefetch", "10001", "Ppv:Rpc:Prefetch is 10001; it must be 1 to 10000." },
        { "Rpc:DrainTimeout", "00:10:01", "Ppv:Rpc:DrainTimeout is 00:10:01; it must be 00:00:00 to 00:10:00." },
        { "LogFile:MaxBytes", "-1", "Ppv:LogFile:MaxBytes is -1; it must be 0 to 2000000000." },
        { "LogFile:BackupCount", "-1", "Ppv:LogFile:BackupCount is -1; it must be 0 to 1000." },
    };

    public static TheoryData<string, string, string> ForGateway => new()
    {
        { "Gateway:Path", "api", "Ppv:Gateway:Path is \"api\"; it must be a path that starts with /, of letters, digits and - . _ ~ /, "
            + "and not below /health." },
        { "Gateway:Path", "/health/x", "Ppv:Gateway:Path is \"/health/x\"; it must be a path that starts with /, of letters, digits and "
            + "- . _ ~ /, and not below /health." },
        { "Gateway:Path", "/a{b", "Ppv:Gateway:Path is \"/a{b\"; it must be a path that starts with /, of letters, digits and - . _ ~ /, "
            + "and not below /health." },
        { "Gateway:NoAnswerCode", "", "Ppv:Gateway:NoAnswerCode is \"\"; it must be 1 to 64 printable ASCII characters without quotes." },
        { "Gateway:InvalidRequestCode", "E'9", "Ppv:Gateway:InvalidRequestCode is \"E'9\"; it must be 1 to 64 printable ASCII characters "
            + "without quotes." },
        { "Gateway:MaxBodyBytes", "255", "Ppv:Gateway:MaxBodyBytes is 255; it must be 256 to 65536." },
        { "Gateway:AcceptOrderIds", "1", "Ppv:Gateway:AcceptOrderIds is 1; it must be true or false." },
        { "Gateway:MaxBodyBytes", "x", "Ppv:Gateway:MaxBodyBytes is \"x\"; it must be a whole number, at most 2147483647." },
    };

    public static TheoryData<string, string, string> ForServer => new()
    {
        { "Server:FirstLine", "0", "Ppv:Server:FirstLine is 0; it must be 1 to 999." },
        { "Server:LastLine", "1000", "Ppv:Server:LastLine is 1000; it must be 1 to 999." },
        { "Server:FirstLine", "30", "Ppv:Server:LastLine is 29, lower than Ppv:Server:FirstLine, which is 30. Make it at least as high." },
        { "Server:NoConnIdLine", "29", "Ppv:Server:NoConnIdLine is 29, one of the lines of calls, Ppv:Server:FirstLine to "
            + "Ppv:Server:LastLine, which is 1 to 29. Choose a line outside, so that orders without connid disturb no call." },
        { "Server:NoConnIdLine", "1000", "Ppv:Server:NoConnIdLine is 1000; it must be 1 to 999." },
        { "Server:Journal:FailureStatus", "Healthy", "Ppv:Server:Journal:FailureStatus is Healthy; it must be Unhealthy or Degraded." },
        { "Server:LineAllocation", "7", "Ppv:Server:LineAllocation is 7; it must be one of Leased, Modulo." },
        { "Rpc:SingleActiveConsumer", "false", "Ppv:Rpc:SingleActiveConsumer is False, but only one worker can know who has which line "
            + "with Ppv:Server:LineAllocation, which is Leased. Leave it out, or choose Modulo." },
        { "Server:LeaseIdle", "01:00:01", "Ppv:Server:LeaseIdle is 01:00:01; it must be 00:00:01 to 01:00:00." },
        { "Server:LeaseReclaim", "00:00:00.5", "Ppv:Server:LeaseReclaim is 00:00:00.5; it must be 00:00:01 to 01:00:00." },
        { "Server:LeaseReclaim", "00:05:01", "Ppv:Server:LeaseReclaim is 00:05:01, longer than Ppv:Server:LeaseIdle, which is 00:05:00. "
            + "Make it shorter." },
        { "Server:LineRest", "00:00:00", "Ppv:Server:LineRest is 00:00:00; it must be 00:00:01 to 01:00:00." },
        { "Server:RequiredBeforeConfirm", "4", "Ppv:Server:RequiredBeforeConfirm is 4; it must be one of None, Event, Subscriber, Both." },
        { "Server:WizardUnavailableCode", "é", "Ppv:Server:WizardUnavailableCode is \"é\"; it must be 1 to 64 printable ASCII characters "
            + "without quotes." },
        { "Server:InvalidOrderCode", "\"", "Ppv:Server:InvalidOrderCode is \"\"\"; it must be 1 to 64 printable ASCII characters without "
            + "quotes." },
        { "Wizard:Host", "", "Ppv:Wizard:Host is \"\"; it must be a host name or an address." },
        { "Wizard:Port", "65536", "Ppv:Wizard:Port is 65536; it must be 1 to 65535." },
        { "Wizard:ConnectionMode", "9", "Ppv:Wizard:ConnectionMode is 9; it must be one of PerCommand, PerLine." },
        { "Wizard:PooledConnectionIdleTimeout", "00:00:00", "Ppv:Wizard:PooledConnectionIdleTimeout is 00:00:00; it must be 00:00:01 to "
            + "01:00:00." },
        { "Wizard:ConnectTimeout", "00:01:01", "Ppv:Wizard:ConnectTimeout is 00:01:01; it must be 00:00:00.1 to 00:01:00." },
        { "Wizard:ConnectRetryDelay", "00:00:00", "Ppv:Wizard:ConnectRetryDelay is 00:00:00; it must be 00:00:00.01 to 00:01:00." },
        { "Wizard:MaxConnectRetries", "1001", "Ppv:Wizard:MaxConnectRetries is 1001; it must be 0 to 1000." },
        { "Wizard:ResponseTimeout", "00:10:01", "Ppv:Wizard:ResponseTimeout is 00:10:01; it must be 00:00:00.1 to 00:10:00." },
    };

    [Theory]
    [MemberData(nameof(ForBoth))]
    [MemberData(nameof(ForGateway))]
    public void The_gateway_says_what_is_wrong(string key, string value, string message) =>
        GatewayFailures((key, value)).ShouldBe([message]);

    [Theory]
    [MemberData(nameof(ForBoth))]
    [MemberData(nameof(ForServer))]
    public void The_worker_says_what_is_wrong(string key, string value, string message) => ServerFailures((key, value)).ShouldBe([message]);

    [Fact]
    public void Every_broken_rule_is_reported_at_once() =>
        GatewayFailures(("Broker:Heartbeat", "1.00:00:00"), ("Rpc:Prefetch", "0"), ("Gateway:NoAnswerCode", "'")).Count.ShouldBe(3);

    [Fact]
    public void The_defaults_break_no_rule_and_raise_no_doubt()
    {
        GatewayFailures().ShouldBeEmpty();
        ServerFailures().ShouldBeEmpty();
        Doubts().ShouldBeEmpty();
    }

    [Fact]
    public void A_short_reply_time_out_alone_is_no_contradiction() => GatewayFailures(("Rpc:ReplyTimeout", "00:00:05")).ShouldBeEmpty();

    [Theory]
    [InlineData("[::1]:5673")]
    [InlineData("kfs-gax:5673")]
    [InlineData("10.0.0.1")]
    [InlineData("amqps://me:geheim@kfs/%2Fppv")]
    public void Hosts_may_carry_ports(string host) => GatewayFailures(("Broker:Hosts:0", host)).ShouldBeEmpty();

    [Fact]
    public void A_login_written_into_a_host_is_not_repeated()
    {
        var message = GatewayFailures(("Broker:Hosts:0", "amqp://me:geheim@kfs:0")).Single();
        message.ShouldNotContain("geheim");
        message.ShouldContain("…@kfs:0");
    }

    [Theory]
    [InlineData("amqps://kfs?password=geheim", "amqps://kfs…")]
    [InlineData("amqps://kfs:5671?password=gehe@im", "…")]
    [InlineData("amqps://me:ge?heim@kfs", "…")]
    [InlineData("amqp://me:geheim", "amqp://me…")]
    public void Nor_is_anything_else_of_it_that_may_be_a_secret(string host, string told) =>
        GatewayFailures(("Broker:Hosts:0", host)).Single().ShouldStartWith($"Ppv:Broker:Hosts:0 is \"{told}\"; ");

    [Theory]
    [InlineData("1000", true)]
    [InlineData("1001", false)]
    [InlineData("", false)]
    public void Places_that_new_calls_can_take_from_a_confirm_are_a_warning_of_the_gateways_start(string places, bool isWarned)
    {
        var services = new ServiceCollection().AddPpvGateway(Section([("Gateway:Limits:MaxConcurrentRequests", places)]));
        Failures(services).ShouldBeEmpty();
        var warnings = services.AddHosting().Warnings.Where(warning => warning.Contains("MaxConcurrentRequests", StringComparison.Ordinal));
        warnings.Count().ShouldBe(isWarned ? 1 : 0);
        if (isWarned)
            warnings.Single().ShouldStartWith("Ppv:Gateway:Limits:MaxConcurrentRequests is 1000, not larger than "
                + "Ppv:Rpc:MaxPendingRequests, which is 1000.");
    }

    [Theory]
    [InlineData("Operator", true)]
    [InlineData("Orders", false)]
    [InlineData(null, false)]
    public void Clients_none_of_which_may_order_are_a_warning_because_orders_need_no_key_then(string? role, bool isWarned)
    {
        (string, string)[] settings = role is null
            ? []
            : [("Access:Clients:admin:Key", "a-key-of-24-characters-1"), ("Access:Clients:admin:Role", role)];
        var services = new ServiceCollection().AddPpvGateway(Section(settings));
        Failures(services).ShouldBeEmpty();
        services.AddHosting().Warnings.Count(warning => warning.StartsWith("No client of Ppv:Access:Clients", StringComparison.Ordinal))
            .ShouldBe(isWarned ? 1 : 0);
    }

    [Fact]
    public void What_is_hardly_meant_is_a_warning()
    {
        Doubts(("Wizard:ResponseTimeout", "00:00:31")).ShouldBe(
            ["Ppv:Wizard:ResponseTimeout is 00:00:31, longer than Ppv:Rpc:ReplyTimeout, which is 00:00:30. An answer of Wizard's may "
                + "come when its caller has left; make it shorter."]);
        Doubts(("Wizard:MaxConnectRetries", "31")).ShouldBe(
            ["Ppv:Wizard:MaxConnectRetries times Ppv:Wizard:ConnectRetryDelay is 00:00:31, longer than Ppv:Rpc:MessageTtl, which is "
                + "00:00:30. The last retries are of no use to any caller; allow fewer."]);
    }

    [Fact]
    public void Queues_have_names_of_their_own_and_one_is_there_from_the_beginning()
    {
        GatewayFailures(
            ("Rpc:Queues:0:Name", "a"), ("Rpc:Queues:1:Name", "b"), ("Rpc:Queues:1:From", "2026-12-01T04:00:00+01:00")).ShouldBeEmpty();
        GatewayFailures(("Rpc:Queues:0:Name", "a"), ("Rpc:Queues:1:Name", "a")).ShouldBe(
            ["Ppv:Rpc:Queues:1:Name is \"a\"; it must be a name that no queue before it has."]);
        GatewayFailures(("Rpc:Queues:0:Name", new string('q', 256))).ShouldBe(
            [$"Ppv:Rpc:Queues:0:Name is \"{new string('q', 256)}\"; it must be 1 to 255 bytes long."]);
        GatewayFailures(("Rpc:Queues:0:Name", "a"), ("Rpc:Queues:0:From", "2026-12-01T04:00:00+01:00"), ("Rpc:Queues:1:Name", "b"),
            ("Rpc:Queues:1:From", "2026-12-01T04:00:00Z"))
            .ShouldBe(["Ppv:Rpc:Queues is \"a, b\"; it must be a list with at least one queue that has no From, so that there is one "
            + "from the beginning."]);
    }

    [Fact]
    public void A_worker_that_no_gateway_knows_or_that_knows_no_calls_is_a_warning()
    {
        Doubts(("Rpc:Queues:0:Name", "a"), ("Rpc:Queues:1:Name", "b"), ("Rpc:Queue", "b")).ShouldBeEmpty();
        Doubts(("Rpc:Queues:0:Name", "a"), ("Rpc:Queue", "b")).ShouldBe(
            ["Ppv:Rpc:Queue is \"b\", none of Ppv:Rpc:Queues, which is \"a\". Gateways with these queues send no orders to this worker; "
                + "name its queue among them."]);
        Doubts(("Rpc:Queues:0:Name", "b"), ("Rpc:Queues:1:Name", "a"), ("Rpc:Queue", "b"),
            ("Server:LineAllocation", "Modulo")).ShouldHaveSingleItem()
            .ShouldStartWith(
            "Ppv:Server:LineAllocation is Modulo, with several queues in Ppv:Rpc:Queues, which is \"b, a\". A worker without leases");
    }

    [Fact]
    public void What_is_hardly_meant_of_hosts_and_queues_is_a_warning()
    {
        const string quorum = "Ppv:Rpc:QueueKind is Quorum, and Ppv:Broker:Hosts names 2. A quorum queue needs three nodes to outlive "
            + "the loss of one; in a cluster of two choose LegacyTransient, on brokers of their own DurableClassic.";
        (string, string)[] twoHosts = [("Broker:Hosts:0", "kfs"), ("Broker:Hosts:1", "bs")];
        (string, string)[] threeHosts = [.. twoHosts, ("Broker:Hosts:2", "third")];
        Doubts([("Rpc:QueueKind", "Quorum"), .. twoHosts]).ShouldBe([quorum]);
        Doubts([("Rpc:QueueKind", "Quorum"), .. threeHosts]).ShouldBeEmpty();
        var gateway = new ServiceCollection().AddPpvGateway(Section([("Rpc:QueueKind", "Quorum"), .. twoHosts]));
        Failures(gateway).ShouldBeEmpty();
        gateway.AddHosting().Warnings.ShouldBe([quorum]);

        Doubts(("Broker:Topology", "Independent")).ShouldBe(
            ["Ppv:Broker:Topology is Independent, and Ppv:Server:LineAllocation is Leased. Workers on brokers that know nothing of each "
                + "other can't take turns: give each one lines of its own (Ppv:Server:FirstLine, Ppv:Server:LastLine)."]);
        Doubts(("Broker:Topology", "Independent"), ("Server:LineAllocation", "Modulo")).ShouldBeEmpty();
        Doubts(("Rpc:Prefetch", "57")).ShouldHaveSingleItem().ShouldStartWith(
            "Ppv:Rpc:Prefetch is 57, and the worker has 29 lines (Ppv:Server:FirstLine to Ppv:Server:LastLine).");
        Doubts(("Rpc:Prefetch", "58")).ShouldBeEmpty();
        Doubts(("Rpc:Prefetch", "1"), ("Server:LineAllocation", "Modulo")).ShouldBeEmpty();
        Doubts(("Rpc:QueueKind", "Passive")).ShouldBe(
            ["Ppv:Rpc:QueueKind is Passive, and Ppv:Server:LineAllocation is Leased. The worker consumes exclusively, so the queue must "
                + "be a classic one: a quorum queue would let two workers in."]);
        Doubts([("Rpc:QueueKind", "Quorum"), ("Server:LineAllocation", "Modulo"), .. threeHosts]).ShouldBe(
            ["Ppv:Rpc:QueueKind is Quorum, Ppv:Server:LineAllocation is Modulo, and Ppv:Rpc:SingleActiveConsumer is not set. The queue "
                + "lets one worker at a time work then; set it to false on gateways and workers if all are to."]);
        Doubts([("Rpc:QueueKind", "Quorum"), ("Rpc:SingleActiveConsumer", "false"), ("Server:LineAllocation", "Modulo"), .. threeHosts])
            .ShouldBeEmpty();
    }

    [Fact]
    public void Proxies_are_addresses_or_networks_and_limits_have_ranges()
    {
        GatewayFailures(("Gateway:KnownProxies:0", "10.0.0.7"), ("Gateway:KnownProxies:1", "2001:db8::/32")).ShouldBeEmpty();
        foreach (var proxy in (string[])["nginx", "127.1", "1", "010.0.0.1", "10/8", "127.0.0.1/", ""])
        {
            GatewayFailures(("Gateway:KnownProxies:0", proxy)).ShouldBe(
                [$"Ppv:Gateway:KnownProxies:0 is \"{proxy}\"; it must be an IP address, or a network such as 10.0.0.0/24."]);
        }

        GatewayFailures(("Gateway:Limits:RequestsPerClient", "0"), ("Gateway:Limits:Window", "00:00:00.5")).Order().ShouldBe(
            ["Ppv:Gateway:Limits:RequestsPerClient is 0; it must be 1 to 1000000.",
                "Ppv:Gateway:Limits:Window is 00:00:00.5; it must be 00:00:01 to 01:00:00."]);
    }

    [Fact]
    public void A_host_without_tls_beside_one_with_it_is_a_warning()
    {
        Doubts(("Broker:Hosts:0", "amqps://me:geheim@kfs"), ("Broker:Hosts:1", "amqp://me:geheim@bs")).ShouldBe(
            ["Ppv:Broker:Hosts has hosts with TLS, and bs:5672 without. To those the password and the orders go in clear; write them as "
                + "amqps:// too."]);
        Doubts(("Broker:Hosts:0", "amqps://kfs"), ("Broker:Hosts:1", "amqps://bs")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Broker:Password", "geheim\r", "Ppv:Broker:Password begins or ends with a space or a line end, which")]
    [InlineData("Broker:Password", "geheim\n", "Ppv:Broker:Password begins or ends with a space or a line end, which")]
    [InlineData("Broker:Password", "", "Ppv:Broker:Password is empty.")]
    [InlineData("Broker:UserName", "'ppv'", "Ppv:Broker:UserName is in quotes, which are taken for a part of it.")]
    [InlineData("Rpc:Queue", "\"prod.ppv.kfs\"", "The name of a queue is in quotes, which are taken for a part of it.")]
    public void What_a_file_or_a_shell_puts_around_a_value_is_named_without_the_value(string key, string value, string said)
    {
        var doubt = Doubts((key, value)).ShouldHaveSingleItem();
        doubt.ShouldStartWith(said);
        doubt.ShouldNotContain("geheim");
    }

    [Theory]
    [InlineData("Europe/Berlin", "UTC", true)]
    [InlineData("Europe/Berlin", "Europe/Berlin", false)]
    [InlineData("Etc/UTC", "UTC", false)]
    [InlineData(null, "UTC", false)]
    public void A_time_zone_that_the_machine_does_not_know_is_told(string? asked, string used, bool isTold) =>
        (ValueWarnings.OfTimeZone(asked, used) is not null).ShouldBe(isTold);

    [Fact]
    public void A_host_that_is_named_twice_is_used_once_and_that_is_said()
    {
        Doubts(("Broker:Hosts:0", "127.0.0.1"), ("Broker:Hosts:1", "amqp://me:geheim@127.0.0.1:5672")).ShouldBe(
            ["Ppv:Broker:Hosts names a host more than once: 127.0.0.1, amqp://…@127.0.0.1:5672. Each is used once, as it stands first; "
                + "see whether another one was meant."]);
        new BrokerOptions { Hosts = ["kfs", "KFS:5672", "bs", "kfs:5673"] }.ParseHosts().Select(host => $"{host}")
            .ShouldBe(["kfs:5672", "bs:5672", "kfs:5673"]);
    }

    [Theory]
    [InlineData("Leased", true)]
    [InlineData("Modulo", null)]
    public void A_worker_works_alone_where_its_lines_are_leased(string allocation, bool? alone)
    {
        using var provider = new ServiceCollection().AddPpvServer(
            Section([("Server:LineAllocation", allocation)])).AddLogging().BuildServiceProvider();
        provider.GetRequiredService<IOptions<PpvServerOptions>>().Value.Rpc.SingleActiveConsumer.ShouldBe(alone);
    }

    [Fact]
    public void A_client_on_its_own_is_checked_by_the_same_rules()
    {
        var services = new ServiceCollection();
        services.AddPpvClient(options => options.Rpc.Prefetch = 0);
        Failures(services).ShouldBe(["Ppv:Rpc:Prefetch is 0; it must be 1 to 10000."]);
    }

    [Fact]
    public void A_client_on_its_own_does_not_overlook_an_entry_that_cannot_be_read()
    {
        var section = Section([("Rpc:Queues:0:Name", "a"), ("Rpc:Queues:1:Name", "b"), ("Rpc:Queues:1:From", "soon")]);
        Failures(new ServiceCollection().AddPpvClient(section)).ShouldHaveSingleItem().ShouldContain("Ppv:Rpc:Queues:1:From");
    }

    private static List<string> GatewayFailures(params (string Key, string Value)[] settings) =>
        Failures(new ServiceCollection().AddPpvGateway(Section(settings)));

    private static List<string> ServerFailures(params (string Key, string Value)[] settings) =>
        Failures(new ServiceCollection().AddPpvServer(Section(settings)));

    private static IReadOnlyList<string> Doubts(params (string Key, string Value)[] settings)
    {
        var services = new ServiceCollection().AddPpvServer(Section(settings));
        Failures(services).ShouldBeEmpty();
        return services.AddHosting().Warnings;
    }

    private static List<string> Failures(IServiceCollection services)
    {
        using var provider = services.AddLogging().BuildServiceProvider();
        try
        {
            provider.GetRequiredService<IStartupValidator>().Validate();
            return [];
        }
        catch (OptionsValidationException e)
        {
            return [.. e.Failures];
        }
    }

    private static IConfigurationSection Section((string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(
            settings.Select(s => KeyValuePair.Create("Ppv:" + s.Key, (string?)s.Value))).Build().GetSection("Ppv");
}
