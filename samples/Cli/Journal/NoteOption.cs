using System.CommandLine;

namespace Ppv.Samples.Cli.Journal;

/// <summary>What a person writes down with what is for good.</summary>
internal static class NoteOption
{
    private const int Longest = 1000;

    public static Option<string?> Create(string description, bool required)
    {
        var note = new Option<string?>("--note") { Description = description, Required = required };
        note.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (string.IsNullOrWhiteSpace(token.Value) || token.Value.Length > Longest))
                result.AddError($"--note takes a text of 1 to {Longest} characters: how it is known, and by whom.");
        });
        return note;
    }
}
