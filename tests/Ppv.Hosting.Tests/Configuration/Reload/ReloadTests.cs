using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ppv.Rpc;

namespace Ppv.Hosting.Tests;

/// <summary>A configuration that changes while the program runs: what can take effect does, the rest is named, nothing breaks.</summary>
public class ReloadTests
{
    private const string Order = """{"content":{"connid":"1","CONFIRM":"UP"}}""";
    private const string NotTaken = "The changed configuration is not taken, and everything stays as it was: ";

    /// <summary>Every option that may change, with the new value and a request that is answered otherwise than before.</summary>
    public static TheoryData<string, string, string, string> Reloadable => new()
    {
        { "NoAnswerCode", "E7", Order, "E7 200" },
        { "InvalidRequestCode", "E6", "{}", "E6 200" },
        { "MaxBodyBytes", "256", $"{Order}{new string(' ', 256)}", "ER996 413" },
        { "AllowMissingConnectionId", "true", """{"content":{"EV":"2"}}""", "ER995 200" },
        { "AcceptOrderIds", "false", "", "ER995 200" }, // See Answer.
    };

    private const string IdLife = "Ppv:Gateway:UndatedOrderIdLife";

    [Theory]
    [MemberData(nameof(Reloadable))]
    public async Task What_is_reloadable_is_in_effect_for_the_next_request(string option, string value, string body, string expected)
    {
        await using var gateway = await StartAsync();
        (await Answer(gateway, body)).ShouldNotBe(expected);

        Change(gateway, ($"Ppv:Gateway:{option}", value));

        (await Answer(gateway, body)).ShouldBe(expected);
        Said(gateway).ShouldBe([$"Information Ppv:Gateway:{option} was changed, and the new value is in effect."]);
    }

    [Fact]
    public void Every_option_that_is_marked_as_reloadable_is_tried_above() =>
        OptionTree.Values(new PpvGatewayOptions(), "Ppv").Concat(OptionTree.Values(new PpvServerOptions(), "Ppv"))
            .Concat(OptionTree.Values(new LogFileOptions(), "Ppv:LogFile"))
            .Where(option => option.IsReloadable).Select(option => option.Path).Distinct().Order()
            .ShouldBe(Reloadable.Select(row => $"Ppv:Gateway:{row.Data.Item1}").Append(IdLife).Order());

    /// <summary>No answer tells it: it is what the gateway says to the worker.</summary>
    [Fact]
    public async Task So_is_how_long_an_id_may_be_in_use()
    {
        await using var gateway = await StartAsync();
        Change(gateway, (IdLife, "00:00:07"));
        using var request = new HttpRequestMessage(HttpMethod.Post, GatewayApp.Path) { Content = new StringContent(Order) };
        request.Headers.Add("X-Ppv-Order-Id", "mine");
        var before = TimeProvider.System.GetUtcNow();
        using var response = await gateway.Http.SendAsync(request);
        gateway.Client.Histories.ShouldHaveSingleItem()!.Value.Since!.Value.ShouldBeGreaterThanOrEqualTo(before.AddSeconds(-7));
    }

    [Fact]
    public async Task A_request_that_has_begun_goes_by_what_was_in_effect_then()
    {
        await using var gateway = await StartAsync();
        var (begun, answer) = (new TaskCompletionSource(), new TaskCompletionSource<PpvResult>());
        gateway.Client.Answer = (_, _) =>
        {
            begun.SetResult();
            return answer.Task;
        };
        var first = gateway.PostAsync(Order);
        await begun.Task.WaitAsync(Hang.Limit);

        Change(gateway, ("Ppv:Gateway:NoAnswerCode", "E7"));
        answer.SetResult(new PpvResult("1", RpcOutcome.Unknown, null, "Nothing."));

        await (await first).ShouldSayAsync("ER995", "Unknown");
        gateway.Client.Says(RpcOutcome.Unknown, null, "Nothing.");
        await (await gateway.PostAsync(Order)).ShouldSayAsync("E7", "Unknown");
    }

    [Fact]
    public async Task What_needs_a_restart_is_named_once_without_its_value_and_stays_as_it_was()
    {
        await using var gateway = await StartAsync();

        Change(
            gateway, ("Ppv:Broker:Password", "hunter2"), ("Ppv:Broker:Hosts:0", "amqp://me:hunter3@elsewhere"),
            ("Ppv:Rpc:ReplyTimeout", "00:00:07"), ("Ppv:LogFile:MaxBytes", "5"), ("Ppv:Gateway:NoAnswerCode", "E7"));
        Change(gateway); // A file's watcher says it twice.

        Said(gateway).Order().ShouldBe(
        [
            "Information Ppv:Gateway:NoAnswerCode was changed, and the new value is in effect.",
            .. new[] { "Broker:Hosts", "Broker:Password", "LogFile:MaxBytes", "Rpc:ReplyTimeout" }
                .Select(key => $"Warning Ppv:{key} was changed; it takes effect when the program is started again."),
        ]);
        gateway.Log.AllText.ShouldNotContain("hunter");
        var options = gateway.Services.GetRequiredService<OptionsInEffect<PpvGatewayOptions>>().Current;
        options.Rpc.ReplyTimeout.ShouldBe(new RpcOptions().ReplyTimeout);
        options.Broker.Hosts.ShouldBeEmpty();
        options.Broker.Password.ShouldBe(new BrokerOptions().Password);
        options.Gateway.NoAnswerCode.ShouldBe("E7");
    }

    [Fact]
    public async Task What_is_changed_back_to_what_is_in_use_needs_no_restart_any_more()
    {
        await using var gateway = await StartAsync();
        Change(gateway, ("Ppv:Rpc:ReplyTimeout", "00:00:07"));
        Said(gateway).Count.ShouldBe(1);

        Change(gateway, ("Ppv:Rpc:ReplyTimeout", "00:00:30"), ("Ppv:Broker:Heartbeat", "00:00:05")); // The default, written down.
        Said(gateway).Count.ShouldBe(1);

        Change(gateway, ("Ppv:Rpc:ReplyTimeout", "00:00:07"));
        Said(gateway).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("MaxBodyBytes", "10", "Ppv:Gateway:MaxBodyBytes is 10; it must be 256 to 65536.")]
    [InlineData("MaxBodyBytes", "ten", "Ppv:Gateway:MaxBodyBytes is \"ten\"; it must be a whole number")]
    [InlineData("NoAnswerCode", "'", "Ppv:Gateway:NoAnswerCode is \"'\"")]
    public async Task A_wrong_value_is_said_once_and_nothing_changes_until_it_is_put_right(string option, string value, string problem)
    {
        await using var gateway = await StartAsync();

        Change(gateway, ("Ppv:Gateway:InvalidRequestCode", "E6"), ($"Ppv:Gateway:{option}", value));
        Change(gateway);

        Said(gateway).Single().ShouldStartWith($"Warning {NotTaken}{problem}");
        (await Answer(gateway, "{}")).ShouldBe("ER996 200");
        (await Answer(gateway, Order)).ShouldBe("ER995 200");

        Change(gateway, ($"Ppv:Gateway:{option}", option == "MaxBodyBytes" ? "16384" : "ER995"));

        Said(gateway)[1..].ShouldBe(["Information Ppv:Gateway:InvalidRequestCode was changed, and the new value is in effect."]);
        (await Answer(gateway, "{}")).ShouldBe("E6 200");
    }

    [Fact]
    public async Task Where_gateway_and_worker_are_one_program_both_change_or_none_and_what_they_share_is_said_once()
    {
        await using var gateway = await GatewayApp.StartAsync(
            build: builder => builder.AddPpvServer(options => options.Server.Journal.Path = null));

        Change(gateway, ("Ppv:Gateway:InvalidRequestCode", "E6"), ("Ppv:Server:LastLine", "0"));
        Said(gateway).ShouldNotBeEmpty();
        Said(gateway).ShouldAllBe(line => line.StartsWith("Warning " + NotTaken, StringComparison.Ordinal));
        (await Answer(gateway, "{}")).ShouldBe("ER996 200");

        var before = Said(gateway).Count;
        Change(gateway, ("Ppv:Server:LastLine", "28"), ("Ppv:Rpc:Queue", "other"));
        Said(gateway)[before..].Order().ShouldBe(
        [
            "Information Ppv:Gateway:InvalidRequestCode was changed, and the new value is in effect.",
            "Warning Ppv:Rpc:Queue was changed; it takes effect when the program is started again.",
            "Warning Ppv:Server:LastLine was changed; it takes effect when the program is started again.",
        ]);
        (await Answer(gateway, "{}")).ShouldBe("E6 200");
    }

    [Fact]
    public async Task A_file_that_is_no_JSON_any_more_is_named_and_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("site.json");
        await File.WriteAllTextAsync(file, """{"Ppv":{"Gateway":{"InvalidRequestCode":"E6"}}}""");
        await using var gateway = await StartAsync(file);
        (await Answer(gateway, "{}")).ShouldBe("E6 200");

        await File.WriteAllTextAsync(file, """{"Ppv":{"Gateway":{"InvalidRequestCode":""");
        Should.Throw<InvalidDataException>(() => Change(gateway)); // Where a file's watcher would get it, which says nothing.

        Said(gateway).Single().ShouldStartWith(
            "Warning The configuration file site.json can't be read any more, and everything stays as it was: ");
        (await Answer(gateway, "{}")).ShouldBe("E6 200");
    }

    private static async Task<GatewayApp> StartAsync(string? file = null)
    {
        var gateway = await GatewayApp.StartAsync(build: builder =>
        {
            if (file is not null) builder.Configuration.AddJsonFile(file);
        });
        gateway.Client.Says(RpcOutcome.Unknown, null, "Nothing.");
        return gateway;
    }

    /// <summary>Sets values as a source that is read again would, and says so.</summary>
    private static void Change(GatewayApp gateway, params (string Key, string Value)[] values)
    {
        var configuration = gateway.Services.GetRequiredService<IConfiguration>();
        foreach (var (key, value) in values) configuration[key] = value;
        ((IConfigurationRoot)configuration).Reload();
    }

    /// <summary>The code and the status; for an empty body, of an order that has an id which is refused where ids are taken.</summary>
    private static async Task<string> Answer(GatewayApp gateway, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, GatewayApp.Path)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.Length == 0 ? Order : body)),
        };
        if (body.Length == 0) request.Headers.TryAddWithoutValidation("X-Ppv-Order-Id", "with spaces");
        using var response = await gateway.Http.SendAsync(request);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return $"{answer.RootElement.GetProperty("callresult").GetString()} {(int)response.StatusCode}";
    }

    private static List<string> Said(GatewayApp gateway) =>
        [.. gateway.Log.OfOurs.Where(entry => entry.Category.EndsWith(nameof(ReloadWatch), StringComparison.Ordinal))
            .Select(entry => $"{entry.Level} {entry.Message}")];
}
