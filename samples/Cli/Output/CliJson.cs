using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ppv.Protocol.Text;
using Ppv.Samples.Cli.Running;

namespace Ppv.Samples.Cli.Output;

/// <summary>
/// Results for programs: what <c>--json</c> prints. Camel case, enumerations as words, durations in the unit that the name has.
/// </summary>
internal static class CliJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private static readonly JsonSerializerOptions OneLine = new(Options) { WriteIndented = false };

    /// <summary>Prints one value over several lines.</summary>
    public static void Write<T>(CliEnvironment environment, T value) =>
        environment.Output.WriteLine(PlainText.OfJson(JsonSerializer.Serialize(value, Options)));

    /// <summary>Prints one value on a line of its own: for verbs whose results come one after the other.</summary>
    public static void WriteLine<T>(CliEnvironment environment, T value) =>
        environment.Output.WriteLine(PlainText.OfJson(JsonSerializer.Serialize(value, OneLine)));
}
