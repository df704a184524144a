namespace Ppv.Hosting.LegacyCfg;

/// <summary>What is wrong with an old file, and in which line. The message never quotes the line: it may be the password's.</summary>
internal sealed class LegacyIniException(int line, string message) : Exception(message)
{
    public int Line { get; } = line;
}
