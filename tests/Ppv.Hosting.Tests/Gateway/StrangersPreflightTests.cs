using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Ppv.TestKit;

namespace Ppv.Hosting.Tests;

/// <summary>What <c>--check</c> ticks off of the page "Before strangers can reach it".</summary>
public sealed class StrangersPreflightTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_gateway_as_it_is_installed_has_some_of_it_done()
    {
        (await LookAsync()).Where(item => item.Value == Verdict.Ok).Select(item => item.Key).ShouldBe(
            ["the port is this machine's, or speaks TLS", "the way to the broker is encrypted, or on this machine",
                "nothing is tried out here"]);
    }

    [Fact]
    public async Task One_that_is_ready_for_strangers_has_nothing_to_do() =>
        (await LookAsync(Ready())).ShouldAllBe(item => item.Value == Verdict.Ok);

    public static TheoryData<string, string, string> Gaps => new()
    {
        { "Ppv:Access:Clients:shop:Role", "Operator", "orders need a key" },
        { "Ppv:Access:Clients:shop:Key", "a-key-in-the-configuration", "keys are in files of the program's own" },
        { "Urls", "http://*:8081", "the port is this machine's, or speaks TLS" },
        { "AllowedHosts", "*", "the server's names are known" },
        { "AllowedHosts", "ppv.example;0.0.0.0", "the server's names are known" },
        { "AllowedHosts", "[::]", "the server's names are known" },
        { "Ppv:Gateway:KnownProxies:0", "", "the proxies are known" },
        { "Ppv:Gateway:KnownProxies:0", "0.0.0.0/0", "the proxies are known" },
        { "Ppv:Gateway:KnownProxies:1", "::ffff:0:0/96", "the proxies are known" },
        { "Ppv:Gateway:KnownProxies:0", "9.9.9.9", "the proxies are known" },
        { "Ppv:Gateway:Limits:MaxConcurrentRequests", "1000", "the gateway has a limit" },
        { "Ppv:Gateway:Limits:RequestsPerClient", "", "each client has a limit" },
        { "Ppv:Gateway:Limits:MaxConcurrentRequests", "", "the gateway has a limit" },
        { "Ppv:Broker:Hosts:0", "rabbit-1", "the way to the broker is encrypted, or on this machine" },
        { "environment", "Development", "nothing is tried out here" },
    };

    [Theory]
    [MemberData(nameof(Gaps))]
    public async Task Each_gap_is_to_be_done(string setting, string value, string item)
    {
        var settings = Ready();
        if (value.Length == 0) settings.Remove(setting);
        else settings[setting] = value;
        if (setting.EndsWith(":Key", StringComparison.Ordinal)) settings.Remove("Ppv:Access:Clients:shop:KeyFile");

        (await LookAsync(settings)).Where(found => found.Value != Verdict.Ok).Select(found => found.Key).ShouldBe([item]);
    }

    [Fact]
    public async Task A_key_file_that_others_may_read_is_to_be_done()
    {
        if (OperatingSystem.IsWindows()) return; // It has no such rights.
        var settings = Ready();
        File.SetUnixFileMode(settings["Ppv:Access:Clients:shop:KeyFile"]!, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        (await LookAsync(settings)).Where(found => found.Value != Verdict.Ok).Select(found => found.Key)
            .ShouldBe(["keys are in files of the program's own"]);
    }

    [Fact]
    public void A_file_of_another_account_is_told_from_ones_own_and_roots()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only there a file's account can be told.");
        var file = _folder.File("some.key");
        File.WriteAllText(file, "the-key-of-the-shop");
        RegularFile.IsOfAnother(file).ShouldBeFalse();
        RegularFile.IsOfAnother("/proc/1/exe").ShouldBeFalse("root's");
        if (!Environment.IsPrivilegedProcess) return; // Nobody else may give a file away.
        using (var chown = System.Diagnostics.Process.Start("chown", ["12345", file])) chown.WaitForExit(Hang.Limit).ShouldBeTrue();
        RegularFile.OwnerOf(file).ShouldBe(12345u);
        RegularFile.IsOfAnother(file).ShouldBeTrue();
    }

    [Fact]
    public async Task The_page_has_each_item_that_is_seen_and_no_other_as_seen()
    {
        var page = File.ReadAllLines(RepositoryPaths.PathTo("docs", "deployment.md"))
            .SkipWhile(line => line != "## Before strangers can reach it").TakeWhile(line => line != "## Containers")
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)).Where(cells => cells.Length > 3 && cells[2] == "yes")
            .Select(cells => cells[1]);
        (await LookAsync()).Select(item => item.Key).ShouldBe(page);
    }

    private Dictionary<string, string?> Ready()
    {
        var key = _folder.File("shop.key");
        if (File.Exists(key)) File.Delete(key);
        File.WriteAllText(key, "the-key-of-the-shop");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return new()
        {
            ["Ppv:Access:Clients:shop:KeyFile"] = key,
            ["Urls"] = "http://127.0.0.1:8081;http://unix:/run/ppv-gateway/admin.sock",
            ["AllowedHosts"] = "ppv.example;localhost",
            ["Ppv:Gateway:KnownProxies:0"] = "127.0.0.1",
            ["Ppv:Gateway:Limits:RequestsPerClient"] = "50",
            ["Ppv:Gateway:Limits:MaxConcurrentRequests"] = "2000",
            ["Ppv:Broker:Hosts:0"] = "amqps://rabbit-1",
        };
    }

    private static string NameIn(string text) => text["Before strangers: ".Length..].TrimEnd('.').Split(": ")[0];

    private static async Task<IReadOnlyList<KeyValuePair<string, Verdict>>> LookAsync(Dictionary<string, string?>? settings = null)
    {
        settings ??= [];
        settings.Remove("environment", out var environment);
        var builder = Microsoft.AspNetCore.Builder.WebApplication.CreateBuilder(
            new Microsoft.AspNetCore.Builder.WebApplicationOptions { EnvironmentName = environment ?? "Production" });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(settings);
        Microsoft.Extensions.Hosting.PpvGatewayHostExtensions.AddPpvGateway(builder);
        await using var app = builder.Build();
        var look = await app.Services.GetServices<IPreflightCheck>().OfType<StrangersPreflight>().Single().LookAsync(default);
        return [.. look.Select(item => KeyValuePair.Create(NameIn(item.Text), item.Verdict))];
    }
}
