using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ppv.Hosting;

/// <summary>The board's JSON: camel case, enumerations as words.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = false, Converters = [
    typeof(CamelCaseConverter<BoardLevel>), typeof(CamelCaseConverter<BoardLineState>)])]
[JsonSerializable(typeof(BoardState))]
[JsonSerializable(typeof(BoardLineDetails))]
internal sealed partial class BoardJson : JsonSerializerContext;

/// <summary>Writes an enumeration's member in camel case.</summary>
/// <typeparam name="TEnum">The enumeration.</typeparam>
internal sealed class CamelCaseConverter<TEnum>() : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.CamelCase)
    where TEnum : struct, Enum;
