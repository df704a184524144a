using System.Globalization;

namespace Ppv.Samples;

/// <summary>
/// The OTEL_* settings of what is exported. OpenTelemetry passes over a value that it does not understand and takes its default, which is
/// another collector than the one that somebody has named.
/// </summary>
internal static class OtlpSettings
{
    private const string Prefix = "OTEL_EXPORTER_OTLP_", Endpoint = "ENDPOINT";

    private static readonly string[] Signals = ["", "TRACES_", "METRICS_", "LOGS_"];

    private static readonly string[] Numbers =
    [
        "OTEL_METRIC_EXPORT_INTERVAL", "OTEL_METRIC_EXPORT_TIMEOUT",
        "OTEL_BSP_SCHEDULE_DELAY", "OTEL_BSP_EXPORT_TIMEOUT", "OTEL_BSP_MAX_QUEUE_SIZE", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
        "OTEL_BLRP_SCHEDULE_DELAY", "OTEL_BLRP_EXPORT_TIMEOUT", "OTEL_BLRP_MAX_QUEUE_SIZE", "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE",
    ];

    /// <summary>Whether a collector is named.</summary>
    public static bool NamesCollector(IConfiguration configuration) => Has(configuration, Prefix + Endpoint);

    /// <summary>What is wrong, a sentence each.</summary>
    public static IReadOnlyList<string> Problems(IConfiguration configuration)
    {
        var names = Signals.Select(signal => Prefix + signal).ToList();
        if (!NamesCollector(configuration))
        {
            return
            [
                .. names.Select(name => name + Endpoint).Where(key => Has(configuration, key)).Select(key =>
                    $"{key} has no effect by itself: name a collector in {Prefix}{Endpoint} too, for what has none of its own."),
            ];
        }

        return
        [
            .. names.SelectMany(name => (string?[])
            [
                Check(configuration, name + Endpoint, IsAddress, "an address like http://localhost:4317, without quotes and login"),
                Check(configuration, name + "PROTOCOL", value => value is "grpc" or "http/protobuf", "grpc or http/protobuf"),
                Check(configuration, name + "TIMEOUT", IsNumber, "a whole number of milliseconds above 0"),
                Check(configuration, name + "COMPRESSION", value => value is "none" or "gzip", "none or gzip"),
                Check(configuration, name + "HEADERS", AreHeaders, "name=value, with a comma between two", isSecret: true),
            ]).OfType<string>(),
            .. ((string[])["CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY"]).Select(name =>
                Check(configuration, Prefix + name, File.Exists, "a file that is there")).OfType<string>(),
            .. Numbers.Select(key => Check(configuration, key, IsNumber, "a whole number above 0")).OfType<string>(),
        ];
    }

    private static bool Has(IConfiguration configuration, string key) => !string.IsNullOrEmpty(configuration[key]);

    private static string? Check(
        IConfiguration configuration, string key, Func<string, bool> isGood, string expected, bool isSecret = false)
    {
        if (configuration[key] is not { Length: > 0 } value || isGood(value)) return null;
        // An address with a login is a secret too.
        return isSecret || value.Contains('@', StringComparison.Ordinal) || value.Any(char.IsControl)
            ? $"{key} must be {expected}."
            : $"{key} is '{value}'; it must be {expected}.";
    }

    private static bool IsAddress(string value) => Uri.TryCreate(value, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps) && address is { Host.Length: > 0, UserInfo: "" };

    private static bool IsNumber(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0;

    private static bool AreHeaders(string value) => value.Split(',', StringSplitOptions.TrimEntries).All(
        header => header.IndexOf('=', StringComparison.Ordinal) > 0 && !header.Contains('"', StringComparison.Ordinal));
}
