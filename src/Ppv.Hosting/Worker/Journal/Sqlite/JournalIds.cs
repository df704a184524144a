using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>Ids as a parameter of a statement: a JSON array, for SQLite's <c>json_each</c>.</summary>
internal static partial class JournalIds
{
    public static string ToJson(IEnumerable<string> ids) => JsonSerializer.Serialize([.. ids], JournalIdsJson.Default.StringArray);

    [JsonSerializable(typeof(string[]))]
    private sealed partial class JournalIdsJson : JsonSerializerContext;
}
