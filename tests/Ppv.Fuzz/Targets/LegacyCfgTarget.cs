using System.Text;
using Ppv.Fuzz.Engine;
using Ppv.Hosting;
using Ppv.Hosting.Configuration;
using Ppv.Hosting.LegacyCfg;

namespace Ppv.Fuzz.Targets;

/// <summary>The old files.</summary>
internal static class LegacyCfgTarget
{
    private const int ShortestSecret = 5;

    public static FuzzTarget Open(Watch watch) => FuzzTarget.Of(
        "legacy-cfg",
        [
            "[RabbitMQ]\n", "[WizardServer]\n", "[Log_File]\n", "[DEFAULT]\n", "primary_host = ", "backup_host = ", "password = ",
            "message_ttl = ", "timeout_waiting_for_response = ", "start_port_number = ", "end_port_number = ", "wizard_port = ",
            "max_bytes = ", "rpc_queue = ", "%(password)s", "%(a)s", "%%", "a = %(b)s%(b)s\n", "b = %(a)s\n", "# ", "; ", " = ", ": ",
            "\n ", "\u001c", "\u0130", "\ufeff", "_", "port_number_when_no_coonnid = 1\n",
        ],
        Run) with
    {
        FreeBytes = 8 * 1024 * 1024, // References may come to 100,000 characters, at ten levels.
        BytesPerByte = 1024,
    };

    private static void Run(byte[] input, Watch watch)
    {
        LegacyIni content;
        try
        {
            content = LegacyIni.Parse(LegacyCfgFile.Decode(input));
        }
        catch (LegacyIniException e)
        {
            Watch.Ensure(Watch.IsOneLine(e.Message) && e.Line >= 1,
                $"A file is refused with a line and a sentence: {Watch.Visible(e.Message)}");
            watch.Saw(e.Message);
            return;
        }

        foreach (var role in (LegacyRole[])[LegacyRole.Gateway, LegacyRole.Worker])
        {
            var notes = new StartupFindings();
            var settings = LegacyCfgMapping.Map("ppv.cfg", content, role, notes);
            var lines = LegacyCfgMapping.LinesOf(content, role);
            LegacyLines.Apply(new WorkerOptions(), settings, notes);
            LegacyLines.Apply(new WorkerOptions { LineAllocation = LineAllocation.Modulo }, settings, notes);
            watch.Saw($"settings {settings.Count} of {role}");
            Watch.Ensure(lines.Values.All(line => line >= 1), "Each setting has a line.");
            foreach (var note in notes.Problems.Concat(notes.Warnings))
            {
                Watch.Ensure(Watch.IsOneLine(note), $"A note is one line of printable text: {Watch.Visible(note)}");
                watch.Saw(string.Join(' ', note.Split(' ')[^Math.Min(4, note.Split(' ').Length)..]));
            }

            KeepsSecrets(content, notes);
        }
    }

    private static void KeepsSecrets(LegacyIni content, StartupFindings notes)
    {
        if (content.Find("RabbitMQ", "password")?.Value is not { } secret || secret.Length < ShortestSecret || secret.Contains(' ')
            || !secret.Any(char.IsAsciiDigit)) // What is made of letters may be a word of the message.
            return;
        Watch.Ensure(!notes.Problems.Concat(notes.Warnings).Any(note => note.Contains(secret, StringComparison.Ordinal)
            && !IsKey(content, secret)), "No note has the password in it.");
    }

    /// <summary>Whether the same text is a name somewhere, which may be said.</summary>
    private static bool IsKey(LegacyIni content, string text) => content.Sections.Append(LegacyIni.DefaultSection).Any(section =>
        section.Contains(text, StringComparison.Ordinal)
        || content.Own(section).Keys.Any(key => key.Contains(text, StringComparison.Ordinal)));
}
