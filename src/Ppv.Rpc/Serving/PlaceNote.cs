using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ppv.Rpc.Serving;

/// <summary>What the last server of a queue left for the next one.</summary>
internal sealed partial record PlaceNote
{
    private const int CurrentVersion = 1;

    /// <summary>A note of somebody's that says nothing more than that there was somebody.</summary>
    private static readonly PlaceNote Unreadable = new() { Identity = "", State = PlaceNoteState.Active };

    public int Version { get; init; } = CurrentVersion;

    /// <summary>Whose note it is: <see cref="ISuccession.IdentityAsync"/>. Never empty in a note of our own.</summary>
    public required string Identity { get; init; }

    public required PlaceNoteState State { get; init; }

    /// <summary>Since when nobody but its owner has served.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Of one who is <see cref="PlaceNoteState.Leaving"/>: within which time the next note follows, if it does.</summary>
    public TimeSpan? Within { get; init; }

    /// <summary>Of one who has <see cref="PlaceNoteState.Left"/>: <see cref="ISuccession.Export"/>.</summary>
    public byte[]? Remembered { get; init; }

    /// <summary>Reads a note. One that can't be understood is that of a server that was active.</summary>
    public static PlaceNote Read(ReadOnlyMemory<byte> note)
    {
        try
        {
            return JsonSerializer.Deserialize(note.Span, Json.Default.PlaceNote) is { Version: CurrentVersion } read ? read : Unreadable;
        }
        catch (JsonException)
        {
            return Unreadable;
        }
    }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Json.Default.PlaceNote);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(PlaceNote))]
    private sealed partial class Json : JsonSerializerContext;
}
