using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ppv.Hosting.Board.State;

/// <summary>The board's JSON: camel case, enumerations as words.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = false, Converters = [
    typeof(CamelCaseConverter<BoardLevel>), typeof(CamelCaseConverter<BoardLineState>)])]
[JsonSerializable(typeof(BoardState))]
[JsonSerializable(typeof(BoardLineDetails))]
internal sealed partial class BoardJson : JsonSerializerContext;
