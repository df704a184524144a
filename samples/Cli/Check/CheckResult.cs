namespace Ppv.Samples.Cli.Check;

/// <summary>What a check found.</summary>
/// <param name="Name">The check's name.</param>
/// <param name="Found">How it stands, measures apart.</param>
/// <param name="Text">What was found, as a sentence or more without line breaks.</param>
/// <param name="Readings">What was measured.</param>
internal sealed record CheckResult(string Name, CheckStatus Found, string Text, IReadOnlyList<Reading> Readings)
{
    /// <summary>The worst of it all.</summary>
    public CheckStatus Status => Readings.Select(reading => reading.Status).Append(Found).Max();

    /// <summary>The text, after what is beyond a threshold.</summary>
    public string Summary
    {
        get
        {
            var complaints = Readings.Where(reading => reading.Complaint is not null)
                .OrderByDescending(reading => reading.Status).Select(reading => reading.Complaint);
            var first = string.Join("; ", complaints);
            return first.Length == 0 ? Text : $"{first}. {Text}";
        }
    }

    public static CheckResult Unknown(string name, string text) => new(name, CheckStatus.Unknown, text, []);
}
