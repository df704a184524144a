using CsCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Ppv.Protocol.Validation;
using Ppv.Rpc;
using Ppv.Rpc.Settings;

namespace Ppv.Hosting.Tests;

/// <summary>What is not known, and what can't be taken as it is written, keeps the program from starting.</summary>
public class ClosedConfigurationTests
{
    private const string From = " It is from the program itself.";

    private static readonly string[] KeyParts =
        ["", "Ppv", "Access", "Clients", "ivr", "Key", "Broker", "Hosts", "0", "1", "x", " ", "_"];

    public static TheoryData<string, string, string> Refused => new()
    {
        { "Broker:Host", "x", "Ppv:Broker:Host is not known; did you mean Ppv:Broker:Hosts?" + From },
        { "Broker:Host:0", "x", "Ppv:Broker:Host is not known; did you mean Ppv:Broker:Hosts?" + From },
        { "Brokr:Hosts:0", "x", "Ppv:Brokr is not known; did you mean Ppv:Broker?" + From },
        { "Hosts:0", "x", "Ppv:Hosts is not known; did you mean Ppv:Broker:Hosts?" + From },
        { "Broker:ReplyTimeout", "00:00:05", "Ppv:Broker:ReplyTimeout is not known; did you mean Ppv:Rpc:ReplyTimeout?" + From },
        { "Acces:Clients:ivr:Key", "geheim", "Ppv:Acces is not known; did you mean Ppv:Access?" + From },
        { "Access:Client:ivr:Key", "geheim", "Ppv:Access:Client is not known; did you mean Ppv:Access:Clients?" + From },
        { "Access:Clients:ivr:Keys", "geheim", "Ppv:Access:Clients:ivr:Keys is not known; did you mean "
            + "Ppv:Access:Clients:ivr:Key?" + From },
        { "Metrics:Prometheus", "true", "Ppv:Metrics is not known; Ppv has Access, Broker, Gateway, LogFile, Rpc, Server, Wizard." + From },
        { "Rpc:Queues:0:Nam", "q", "Ppv:Rpc:Queues:0:Nam is not known; did you mean Ppv:Rpc:Queues:0:Name?" + From },
        { "Broker:Hosts", "amqp://me:geheim@x", "Ppv:Broker:Hosts is a list, and not one value: number its entries, as "
            + "Ppv:Broker:Hosts:0." + From },
        { "Broker:Hosts:first", "x", "Ppv:Broker:Hosts:first is not known: Ppv:Broker:Hosts is a list, whose entries are numbered from 0, "
            + "as Ppv:Broker:Hosts:0." + From },
        { "Broker:Hosts:00", "x", "Ppv:Broker:Hosts:00 is not known: Ppv:Broker:Hosts is a list, whose entries are numbered from 0, as "
            + "Ppv:Broker:Hosts:0." + From },
        { "Broker:Hosts:0:Name", "x", "Ppv:Broker:Hosts:0:Name is not known: Ppv:Broker:Hosts:0 is one value, and nothing "
            + "is below it." + From },
        { "Gateway:KnownProxies", "10.0.0.1", "Ppv:Gateway:KnownProxies is a list, and not one value: number its entries, as "
            + "Ppv:Gateway:KnownProxies:0." + From },
        { "Broker", "geheim", "Ppv:Broker is a section, and not one value: name an option in it, such as Ppv:Broker:Hosts." + From },
        { "Access:Clients", "geheim", "Ppv:Access:Clients has entries by name, and is not one value: name one, as "
            + "Ppv:Access:Clients:NAME." + From },
        { "Access:Clients:ivr", "geheim", "Ppv:Access:Clients:ivr is a section, and not one value: name an option in it, such as "
            + "Ppv:Access:Clients:ivr:Key." + From },
        { "Access:Clients:ivr", "", "Ppv:Access:Clients:ivr is an entry without anything in it." + From },
        { "Access:Clients:ivr", null!, "Ppv:Access:Clients:ivr is an entry without anything in it." + From }, // As a file's {}.
        { "Access:Clients::Key", "geheim", "Ppv:Access:Clients has an entry whose name is empty: give it one, or take it out." + From },
        { "Access:Clients:ivr:", "geheim", "Ppv:Access:Clients:ivr has an entry whose name is empty: give it one, or take it out." + From },
        { "Broker:Hosts:", "x", "Ppv:Broker:Hosts has an entry whose name is empty: give it one, or take it out." + From },
        { ":Broker:Hosts:0", "x", "Ppv has an entry whose name is empty: give it one, or take it out." + From },
        { "", "x", "Ppv has an entry whose name is empty: give it one, or take it out." + From },
        { ":::", "x", "Ppv has an entry whose name is empty: give it one, or take it out." + From },
        { "Rpc:Queue:0", "q", "Ppv:Rpc:Queue:0 is not known: Ppv:Rpc:Queue is one value, and nothing is below it." + From },
        { "Access:Clients:ivr:Role", "Order", "Ppv:Access:Clients:ivr:Role is \"Order\"; it must be one of Orders, Operator." },
        { "Access:Clients:ivr:Role", "Orders,Operator", "Ppv:Access:Clients:ivr:Role is \"Orders,Operator\"; it must be one of Orders, "
            + "Operator." },
        { "Access:Clients:ivr:Role", "1", "Ppv:Access:Clients:ivr:Role is 1; it must be one of Orders, Operator." },
        { "Access:Clients:ivr:Role", "", "Ppv:Access:Clients:ivr:Role is \"\"; it must be one of Orders, Operator." },
        { "Rpc:QueueKind", "Quorum,Passive", "Ppv:Rpc:QueueKind is \"Quorum,Passive\"; it must be one of LegacyTransient, DurableClassic, "
            + "Quorum, Passive." },
        { "LogFile:Formt", "Json", "Ppv:LogFile:Formt is not known; did you mean Ppv:LogFile:Format?" + From },
        { "LogFile:MaxBytes", "", "Ppv:LogFile:MaxBytes is \"\"; it must be a whole number, at most 2147483647." },
        { "Rpc:Queues:0:From", "soon", "Ppv:Rpc:Queues:0:From is \"soon\"; it must be a point in time with its offset from UTC, such as "
            + "2026-12-01T04:00:00+01:00." },
        { "Wizard:Hots", "x", "Ppv:Wizard:Hots is not known; did you mean Ppv:Wizard:Host?" + From },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Each_program_refuses_it_with_78_and_a_sentence_that_helps(string key, string value, string message)
    {
        foreach (var add in (Action<WebApplicationBuilder>[])[builder => builder.AddPpvGateway(), builder => builder.AddPpvServer()])
        {
            var (code, lines) = await CheckAsync(add, ("Ppv:" + key, value));
            code.ShouldBe(78);
            lines.ShouldContain("bad   " + message);
            lines.ShouldAllBe(line => !line.Contains("geheim"));
        }
    }

    [Fact]
    public async Task A_key_that_is_not_known_is_refused_wherever_it_stands_even_below_a_stronger_one()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(Values(("Ppv:Broker:Hosts:0:Typo", "x"), ("Ppv:Rpc:Quue", "x")));
        builder.Configuration.AddInMemoryCollection(Values(("Ppv:Broker:Hosts:0", "stronger")));
        builder.AddPpvServer();
        await using var app = builder.Build();
        BrokenRules.Of(app.Services).ShouldNotBeNull().Count.ShouldBe(2);
    }

    /// <summary>One underscore too few makes a section of its own.</summary>
    [Theory]
    [InlineData("Ppv_Access:Clients:ivr:Key", 1)]
    [InlineData("PPV_BROKER:Hosts:0", 1)]
    [InlineData("Ppv_Broker", 0)] // A variable of somebody else's.
    [InlineData("PPV_BROKER_PASSWORD", 0)]
    [InlineData("Ppv2:Broker:Hosts:0", 0)]
    [InlineData("PpvAccess:Clients:ivr:Key", 1)]
    [InlineData("Ppv.Access:Clients:ivr:Key", 1)]
    [InlineData("Ppv :Access:Clients:ivr:Key", 1)]
    [InlineData(" Ppv:Access:Clients:ivr:Key", 1)]
    [InlineData("Pvp:Access:Clients:ivr:Key", 1)]
    [InlineData("Pv:Broker:Hosts:0", 1)]
    [InlineData("Access:Clients:ivr:Key", 1)]
    [InlineData("Pvp:Something", 0)]
    [InlineData("PpvShop:Price", 0)]
    [InlineData("Access:Level", 0)]
    [InlineData("Broker:Hosts:0", 0)]
    [InlineData("Server:Path", 0)]
    [InlineData(":Access:Clients:ivr:Key", 0)]
    public void A_section_beside_ours_that_is_meant_to_be_in_it_is_refused(string key, int problems)
    {
        var section = new ConfigurationBuilder().AddInMemoryCollection(Values((key, "x"))).Build().GetSection("Ppv");
        SettingsReading.Of(section, ProgramOptions.Shape.With("Access", OptionShape.Of(typeof(PpvAccessOptions)))).Problems.Count
            .ShouldBe(problems);
    }

    [Fact]
    public void Whatever_keys_there_are_they_are_read_to_an_end() =>
        Gen.Int[0, KeyParts.Length - 1].Select(at => KeyParts[at]).Array[0, 6].Select(names => string.Join(':', names)).List[0, 6].Sample(
            keys =>
            {
                var values = keys.Distinct(StringComparer.OrdinalIgnoreCase).Select(key => KeyValuePair.Create(key, (string?)"x"));
                var configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
                var shape = ProgramOptions.Shape.With("Access", OptionShape.Of(typeof(PpvAccessOptions)));
                SettingsReading.Of(configuration.GetSection("Ppv"), shape).Settings.ShouldNotBeNull();
                SettingsReading.Of(configuration, shape).Settings.ShouldNotBeNull();
            });

    [Theory]
    [InlineData("""{"Ppv":{"Access":{"Clients":{"ivr":{}}}}}""", null, 1)]
    [InlineData("""{"Ppv":{"Access":{"Clients":{"ivr":null}}}}""", null, 1)]
    [InlineData("""{"Ppv":{"Access":{"Clients":{"ivr":{}}}}}""", "Ppv:Access:Clients:IVR:Key", 0)]
    [InlineData("""{"Ppv":{"Access":{"Clients":{"ivr":{}}}}}""", "Ppv:Access:Clients:ivr2:Key", 1)]
    [InlineData("""{"Ppv":{"Access":{"Clients":{}}}}""", null, 0)]
    public void A_client_without_anything_in_it_is_refused_unless_another_source_says_more_of_it(string file, string? key, int problems)
    {
        using var json = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(file));
        var configuration = new ConfigurationBuilder().AddJsonStream(json);
        if (key is not null) configuration.AddInMemoryCollection(Values((key, "a-key-of-24-characters-1")));
        SettingsReading.Of(configuration.Build().GetSection("Ppv"), ProgramOptions.Shape.With("Access", OptionShape.Of(
            typeof(PpvAccessOptions)))).Problems.Count.ShouldBe(problems);
    }

    [Fact]
    public void The_one_that_is_given_the_others_keys_starts()
    {
        (string, string)[] both = [("Ppv:Gateway:Path", "/orders"), ("Ppv:Wizard:Host", "billing"), ("Ppv:Server:LastLine", "9"),
            ("Ppv:Rpc:Queue", "q"), ("Ppv:Access:Clients:ivr:Key", "a-key-of-24-characters-1"), ("Ppv:LogFile:Format", "json")];
        foreach (var add in (Action<WebApplicationBuilder>[])[builder => builder.AddPpvGateway(), builder => builder.AddPpvServer()])
        {
            var builder = WebApplication.CreateBuilder();
            builder.Configuration.AddInMemoryCollection(Values(both));
            add(builder);
            using var services = builder.Services.BuildServiceProvider();
            BrokenRules.Of(services).ShouldBeNull();
        }
    }

    [Fact]
    public void A_client_of_an_application_refuses_it_too_and_leaves_the_programs_sections_to_them()
    {
        ClientProblems(("Broker:Host:0", "x")).ShouldBe(["Ppv:Broker:Host is not known; did you mean Ppv:Broker:Hosts?" + From]);
        ClientProblems(("Brokr:Hosts:0", "x")).ShouldBe(["Ppv:Brokr is not known; did you mean Ppv:Broker?" + From]);
        ClientProblems(("Rpc:QueueKind", "Quorm")).ShouldHaveSingleItem().ShouldStartWith("Ppv:Rpc:QueueKind is \"Quorm\"; it must be");
        ClientProblems(("Gateway:Anything", "x"), ("Wizard:Host", "x")).ShouldBeEmpty();
    }

    /// <summary>The client's package can't see the classes of gateway and worker; this keeps its list of their sections true.</summary>
    [Fact]
    public void The_clients_list_of_other_programs_is_what_they_have() =>
        ClientSection.OfOtherPrograms.Order().ShouldBe(
            OptionTree.PropertiesOf(new PpvGatewayOptions()).Concat(OptionTree.PropertiesOf(new PpvServerOptions()))
                .Select(property => property.Name).Distinct().Except(["Broker", "Rpc"]).Append("Access").Append("LogFile").Order());

    /// <summary>What is converted is what is checked: a type that nobody knows here would be bound, or dropped, unseen.</summary>
    [Fact]
    public void Every_option_has_a_type_that_is_checked_before_it_is_bound()
    {
        Type[] texts = [typeof(string)];
        Values(ProgramOptions.Shape).Concat(Values(OptionShape.Of(typeof(LogFileOptions))))
            .Concat(Values(OptionShape.Of(typeof(PpvAccessOptions))))
            .Where(shape => !texts.Contains(shape.Type))
            .ShouldAllBe(shape => Setting.RuleBrokenBy("certainly none", shape.Type) != null);
    }

    [Fact]
    public void What_sounds_like_a_secret_is_marked_as_one()
    {
        var secrets = new List<string>();
        Type[] all = [typeof(PpvGatewayOptions), typeof(PpvServerOptions), typeof(LogFileOptions), typeof(PpvAccessOptions)];
        foreach (var type in all)
            Named(OptionShape.Of(type), type.Name, secrets);
        secrets.ShouldBeEmpty();

        static void Named(OptionShape shape, string path, List<string> found)
        {
            var name = path.Split(':')[^1];
            if (shape is { Kind: OptionKind.Value, Secret: null } && shape.Type == typeof(string)
                && !name.EndsWith("File", StringComparison.Ordinal)
                && ((string[])["Key", "Password", "Secret", "Token", "Hosts"]).Any(word => path.Contains(word, StringComparison.Ordinal)))
                found.Add(path);
            foreach (var (option, below) in shape.Options) Named(below, $"{path}:{option}", found);
            if (shape.Entry is not null) Named(shape.Entry, path, found);
        }
    }

    [Theory]
    [InlineData("Broker:MaxRetries", "")]
    [InlineData("Server:Journal:Path", "")]
    [InlineData("Broker", "")]
    [InlineData("Rpc:QueueKind", " quorum ")]
    [InlineData("rpc:QUEUEKIND", "passive")]
    public void What_is_empty_or_of_another_case_is_taken_where_it_can_be_meant(string key, string value)
    {
        var section = new ConfigurationBuilder().AddInMemoryCollection(Values(("Ppv:" + key, value))).Build().GetSection("Ppv");
        SettingsReading.Of(section, ProgramOptions.Shape).Problems.ShouldBeEmpty();
    }

    private static IEnumerable<OptionShape> Values(OptionShape shape) => shape.Kind == OptionKind.Value
        ? [shape]
        : shape.Options.Values.Concat(shape.Entry is null ? [] : [shape.Entry]).SelectMany(Values);

    private static IEnumerable<KeyValuePair<string, string?>> Values(params (string Key, string Value)[] values) =>
        values.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value));

    private static IEnumerable<string> ClientProblems(params (string Key, string Value)[] values)
    {
        var section = new ConfigurationBuilder().AddInMemoryCollection(
            Values([.. values.Select(pair => ("Ppv:" + pair.Key, pair.Value))])).Build().GetSection("Ppv");
        using var provider = new ServiceCollection().AddLogging().AddPpvClient(section).BuildServiceProvider();
        try
        {
            provider.GetRequiredService<IStartupValidator>().Validate();
            return [];
        }
        catch (OptionsValidationException e)
        {
            return e.Failures;
        }
    }

    private static async Task<(int Code, string[] Lines)> CheckAsync(
        Action<WebApplicationBuilder> add, params (string Key, string Value)[] values)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(Values(values));
        add(builder);
        await using var app = builder.Build();
        using var output = new StringWriter();
        var code = await PreflightRun.RunAsync(app.Services, output).WaitAsync(Hang.Limit);
        return (code, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
