using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Ppv.Deployment.Tests.Containers;

/// <summary>samples/deploy/compose.yaml says what Compose understands, and what the programs need.</summary>
public sealed partial class ComposeTests
{
    private static readonly string Text = File.ReadAllText(RepositoryPaths.PathTo("samples", "deploy", "compose.yaml"));

    private readonly ComposeFile _compose = Read(Text);

    [Fact]
    public void Every_key_is_one_of_the_specifications() =>
        _compose.Services.Keys.ShouldBe(["rabbitmq-a", "rabbitmq-b", "gateway", "worker", "wizard"], ignoreOrder: true);

    [Theory]
    [InlineData("    restart: unless-stopped", "    restrat: unless-stopped")]
    [InlineData("      retries: 3", "      retries: often")]
    [InlineData("  read_only: true", "  read_only: perhaps")]
    [InlineData("    ports: [\"127.0.0.1:8070:8070\"]", "    ports: {host: 8070}")]
    public void A_key_or_a_value_that_is_none_is_found(string right, string wrong)
    {
        var text = Text.Replace(right.Trim(), wrong.Trim(), StringComparison.Ordinal);
        text.ShouldNotBe(Text);
        Should.Throw<YamlException>(() => Read(text));
    }

    [Fact]
    public void Every_image_has_a_version_and_every_secret_and_volume_that_is_used_is_there()
    {
        foreach (var (name, service) in _compose.Services)
        {
            service.Image.ShouldMatch(@"^[a-z./-]+:\d+\.\d+\.\d+(-[a-z]+)?$", name);
            service.Secrets.ShouldAllBe(secret => _compose.Secrets.ContainsKey(secret.Source), name);
            service.Volumes.ShouldAllBe(volume => _compose.Volumes.ContainsKey(volume.Split(':')[0]), name);
            service.Restart.ShouldBe("unless-stopped", name);
        }
    }

    [Fact]
    public void Only_the_gateway_is_reached_from_outside_and_from_this_machine_only() =>
        _compose.Services.Where(service => service.Value.Ports.Count > 0).ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(
                service => service.Key.ShouldBe("gateway"),
                service => service.Value.Ports.ShouldBe(["127.0.0.1:8070:8070"]));

    [Theory]
    [InlineData("gateway", "Gateway")]
    [InlineData("worker", "Worker")]
    [InlineData("wizard", "WizardSimulator")]
    public void Our_programs_run_without_rights(string name, string sample)
    {
        var service = _compose.Services[name];
        service.ReadOnly.ShouldBeTrue();
        service.CapDrop.ShouldBe(["ALL"]);
        service.SecurityOpt.ShouldBe(["no-new-privileges:true"]);
        var project = File.ReadAllText(RepositoryPaths.PathTo("samples", sample, $"{sample}.csproj"));
        project.ShouldContain($"<ContainerRepository>{service.Image.Split(':')[0]}</ContainerRepository>");
    }

    [Theory]
    [InlineData("gateway", 35)]
    [InlineData("worker", 30)]
    public void Gateway_and_worker_get_the_password_as_a_file_are_asked_for_their_health_and_may_finish(string name, int longestStop)
    {
        var service = _compose.Services[name];
        service.Secrets.ShouldHaveSingleItem().Target.ShouldBe("Ppv__Broker__Password");
        service.Environment["SecretsFolder"].ShouldBe("/run/secrets");
        service.Environment.Keys.ShouldNotContain("Ppv__Broker__Password");
        service.Environment["Urls"].ShouldStartWith("http://+:");
        service.Healthcheck!.Test[..3].ShouldBe(["CMD", $"/app/ppv-{name}", "--health"]);
        Seconds(service.Healthcheck.Timeout).ShouldBeGreaterThan(5, "the probe's own limit");
        Seconds(service.StopGracePeriod!).ShouldBeGreaterThan(longestStop);
    }

    /// <summary>
    /// With anchors and merged keys as Compose resolves them, and without extensions (<c>x-…</c>), which may be anything.
    /// </summary>
    private static ComposeFile Read(string text)
    {
        var merged = new DeserializerBuilder().WithDuplicateKeyChecking().Build()
            .Deserialize<Dictionary<string, object>>(new MergingParser(new Parser(new StringReader(text))));
        foreach (var extension in merged.Keys.Where(key => key.StartsWith("x-", StringComparison.Ordinal)).ToList())
            merged.Remove(extension);
        var plain = new SerializerBuilder().DisableAliases().Build().Serialize(merged);
        return new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).WithDuplicateKeyChecking().Build()
            .Deserialize<ComposeFile>(plain);
    }

    private static int Seconds(string duration) =>
        int.Parse(Duration().Match(duration).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(\d+)s$")]
    private static partial Regex Duration();
}
