using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ppv.Hosting.Board.State;

/// <summary>Writes an enumeration's member in camel case.</summary>
/// <typeparam name="TEnum">The enumeration.</typeparam>
internal sealed class CamelCaseConverter<TEnum>() : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.CamelCase)
    where TEnum : struct, Enum;
