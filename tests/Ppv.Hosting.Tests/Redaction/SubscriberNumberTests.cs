using System.Text;
using Microsoft.Extensions.Compliance.Classification;
using Microsoft.Extensions.Compliance.Redaction;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Ppv.Protocol;
using Ppv.Testing;

namespace Ppv.Hosting.Tests;

/// <summary>A subscriber's number is personal: whatever happens to it, no log has it in clear.</summary>
public sealed class SubscriberNumberTests : IDisposable
{
    private const string Number = "85165320";
    private const string Masked = "85****20";
    private readonly LogCollector _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Nothing_that_is_logged_at_trace_level_has_it_whatever_becomes_of_the_order()
    {
        await using var host = await StartAsync();
        using var http = new HttpClient { BaseAddress = host.GatewayAddress, Timeout = Hang.Limit };
        var behaviors = new[]
        {
            WizardBehavior.Normal, WizardBehavior.Normal with { ReplyText = "ER12" },
            WizardBehavior.Normal with { ResetAfterBooking = true },
            WizardBehavior.Normal with { WrongLine = true },
        };
        var call = 0x012703395c597610;
        foreach (var behavior in behaviors)
        {
            host.Wizard.Script = _ => behavior;
            foreach (var command in (string[])["'EV':'262193'", $"'EN':'{Number}'", "'CONFIRM':'UP'", $"'EN':'{Number}'"])
                await PlaceAsync(http, $$"""{"content": "{'connid':'{{call:x16}}',{{command}}}"}""");
            call++;
        }

        await host.StopWorkerAsync();
        await host.StartWorkerAsync();
        foreach (var body in Hostile()) await PlaceAsync(http, body);

        var text = _log.AllText;
        text.ShouldNotContain(Number);
        text.ShouldNotContain("165320");
        text.ShouldContain($"EN={Masked}");
        text.ShouldContain("'85****??'"); // The bad value of a refused order.
        _log.Entries.Select(entry => entry.Category).ShouldContain(
            category => category.StartsWith("Ppv.Protocol", StringComparison.Ordinal));
        _log.Entries.ShouldContain(
            entry => entry.Level == LogLevel.Debug && entry.Category.StartsWith("Ppv.Rpc", StringComparison.Ordinal));
    }

    [Fact]
    public void A_redactor_that_the_application_adds_later_is_used_in_the_place_of_ours()
    {
        var services = new ServiceCollection().AddPpvGateway(_ => { }).AddPpvServer(_ => { });
        Logged(services).ShouldBe($"EN={Masked}");

        services.AddRedaction(redaction => redaction.SetRedactor<NullRedactor>(
            new DataClassificationSet(PpvDataClassifications.SubscriberNumber)));
        Logged(services).ShouldBe($"EN={Number}");

        static string Logged(IServiceCollection services)
        {
            using var provider = services.BuildServiceProvider();
            var redactor = provider.GetRequiredService<IRedactorProvider>().GetRedactor(PpvDataClassifications.SubscriberNumber);
            return new LoggedCommand(PpvCommand.Subscriber(Number), redactor).ToString();
        }
    }

    [Theory]
    [InlineData("85165320", "EN=85****20")]
    [InlineData("12345678901234567890", "EN=12****90")]
    [InlineData("8516532", "EN=****")]
    [InlineData("7", "EN=****")]
    public void A_command_as_text_has_it_masked(string number, string expected) =>
        PpvCommand.Subscriber(number).ToString().ShouldBe(expected);

    [Fact]
    public void An_order_as_text_has_it_masked() =>
        new PpvOrder(null, PpvCommand.Subscriber(Number)).ToString().ShouldNotContain(Number);

    [Fact]
    public void An_event_as_text_is_clear() => PpvCommand.Event("262193").ToString().ShouldBe("EV=262193");

    /// <summary>Requests that are no orders, with the number where an error message might quote it.</summary>
    private static IEnumerable<string> Hostile() =>
    [
        $$$"""{"content": "{'EN':'{{{Number}}}"}""",
        $$$"""{"content": {"EN": "{{{Number}}}\r\n", "connid": "012703395c597610"}}""",
        $$$"""{"content": {"EN": "{{{Number}}} is my number", "connid": "012703395c597610"}}""",
        $$$"""{"EN": "{{{Number}}}" """,
        $$$"""['EN','{{{Number}}}']""",
        $$$"""{"content": [{{{Number}}}]}""",
        $$$"""{"content": {"EN": "{{{Number}}}", "EV": "{{{Number}}}", "connid": "012703395c597610"}}""",
        $$$"""{"content": {"EN": {{{Number}}}, "CONFIRM": "UP", "connid": "012703395c597610"}}""",
        Number,
    ];

    private static async Task PlaceAsync(HttpClient http, string body)
    {
        using var response = await http.PostAsync("/api/v1/ppv", new StringContent(body, Encoding.UTF8, "application/json"));
    }

    private Task<PpvTestHost> StartAsync()
    {
        return PpvTestHost.StartAsync(options => options.ConfigureServices = options.ConfigureWorkerServices = Log);

        void Log(IServiceCollection services) =>
            services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_log));
    }
}
