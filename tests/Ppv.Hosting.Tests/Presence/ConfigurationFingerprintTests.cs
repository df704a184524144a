using System.Globalization;
using System.Reflection;

namespace Ppv.Hosting.Tests.Presence;

/// <summary>The hash of a configuration: whose settings are alike has the same one, and it tells no secrets.</summary>
public sealed class ConfigurationFingerprintTests
{
    [Fact]
    public void The_same_settings_have_the_same_hash_whatever_the_machine_and_its_language()
    {
        var here = Of(Configure);
        var culture = CultureInfo.CurrentCulture;
        var german = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (german.NumberFormat.NumberDecimalSeparator, german.DateTimeFormat.TimeSeparator) = (",", ".");
        CultureInfo.CurrentCulture = german;
        try
        {
            Of(options =>
            {
                Configure(options);
                options.Broker.ClientName = "another name";
                options.Broker.Tls.CaFile = options.Broker.Tls.CertificateFile = options.Broker.Tls.KeyFile = "/elsewhere/file.pem";
                options.Server.Journal.Path = "/var/lib/other/ppv-orders.db";
            }).ShouldBe(here);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }

        here.ShouldMatch("^[0-9a-f]{12}$");

        static void Configure(PpvServerOptions options) =>
            (options.Broker.Hosts, options.Rpc.TakeoverGrace) = (["kfs-gax", "bs-gax"], TimeSpan.FromMilliseconds(1500));
    }

    [Fact]
    public void Every_setting_that_matters_makes_another_one()
    {
        Action<PpvServerOptions>[] changes =
        [
            options => options.Broker.Hosts = ["kfs-gax", "bs-gax"],
            options => options.Broker.Hosts = ["bs-gax", "kfs-gax"],
            options => options.Broker.Hosts = ["amqps://kfs-gax", "bs-gax"],
            options => options.Broker.UserName = "somebody",
            options => options.Broker.Heartbeat = TimeSpan.FromSeconds(2),
            options => options.Rpc.Queue = "prod.ppv.bs",
            options => options.Rpc.QueueKind = Ppv.Rpc.QueueKind.Quorum,
            options => options.Server.LastLine = 30,
            options => options.Server.LineAllocation = LineAllocation.Modulo,
            options => options.Server.Journal.Path = null,
            options => options.Server.Journal.Retention = TimeSpan.FromDays(60),
            options => options.Wizard.Host = "billing",
        ];

        var hashes = changes.Select(Of).Append(Of(_ => { })).ToList();

        hashes.Distinct().Count().ShouldBe(hashes.Count);
    }

    [Fact]
    public void No_secret_is_in_it()
    {
        var plain = Of(options => options.Broker.Hosts = ["amqps://kfs-gax"]);
        Of(options =>
        {
            options.Broker.Hosts = ["amqps://somebody:secret@kfs-gax"];
            options.Broker.Password = "another one";
            options.Broker.Tls.KeyPassword = "a third one";
        }).ShouldBe(plain);
    }

    /// <summary>Whoever adds an option that is a secret finds it left out by its name, or this test.</summary>
    [Fact]
    public void Every_option_that_is_called_secret_is_left_out()
    {
        var secrets = SecretsOf(new PpvServerOptions()).Concat(SecretsOf(new PpvGatewayOptions())).ToList();
        secrets.Count.ShouldBeGreaterThan(3);
        foreach (var (options, owner, property) in secrets)
        {
            var before = ConfigurationFingerprint.Of(options);
            property.SetValue(owner, "another secret");
            ConfigurationFingerprint.Of(options).ShouldBe(before, property.Name);
        }
    }

    private static IEnumerable<(object Options, object Owner, PropertyInfo Property)> SecretsOf(object options, object? owner = null) =>
        OptionTree.PropertiesOf(owner ?? options).SelectMany(property =>
            property.PropertyType == typeof(string) && (property.Name.Contains("Password") || property.Name.Contains("Key"))
                ? [(options, owner ?? options, property)]
                : OptionTree.IsSection(property.PropertyType) && property.GetValue(owner ?? options) is { } section
                    ? SecretsOf(options, section)
                    : []);

    private static string Of(Action<PpvServerOptions> configure)
    {
        var options = new PpvServerOptions();
        configure(options);
        return ConfigurationFingerprint.Of(options);
    }
}
