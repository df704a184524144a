using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ppv.Protocol.Text;

namespace Ppv.Hosting.LogFile;

/// <summary>A log line as a JSON object, in the form of the console's JSON formatter.</summary>
internal static class JsonLogLine
{
    // The line is no part of a page, so only what JSON itself needs is escaped.
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Format(DateTimeOffset time, LogEvent logEvent)
    {
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line, Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("Timestamp", time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture));
            json.WriteNumber("EventId", logEvent.Id.Id);
            json.WriteString("LogLevel", logEvent.Level.ToString());
            json.WriteString("Category", logEvent.Category);
            json.WriteString("Message", logEvent.Message);
            if (logEvent.Exception is { } exception) json.WriteString("Exception", exception.ToString());
            if (logEvent.Values is { } values) WriteState(json, values);
            json.WriteEndObject();
        }

        return PlainText.OfJson(Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length)) + "\n";
    }

    private static void WriteState(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        json.WriteStartObject("State");
        foreach (var (name, value) in values)
        {
            switch (value)
            {
                case int or long or double or bool:
                    json.WritePropertyName(name);
                    JsonSerializer.Serialize(json, value, value.GetType());
                    break;
                default:
                    json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                    break;
            }
        }

        json.WriteEndObject();
    }
}
