using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Ppv.Fuzz.Engine;

/// <summary>Which promise an input breaks.</summary>
public enum FindingKind
{
    /// <summary>An exception came out that is no documented result.</summary>
    Crash,

    /// <summary>It took longer than any input may.</summary>
    Hang,

    /// <summary>It allocated more than is in proportion to its length.</summary>
    Growth,

    /// <summary>What was logged is not one line of printable text.</summary>
    ForgedLine,

    /// <summary>A promise of the target's own does not hold.</summary>
    BrokenPromise,
}

/// <summary>An input that breaks a promise.</summary>
/// <param name="Target">Where.</param>
/// <param name="Kind">Which promise.</param>
/// <param name="What">What happened.</param>
/// <param name="Input">The input.</param>
internal sealed partial record Finding(string Target, FindingKind Kind, string What, byte[] Input)
{
    /// <summary>
    /// Findings with the same signature have the same cause, as far as that can be told: values are left out, but the number of an event.
    /// </summary>
    public string Signature { get; } = $"{Target} {Kind} {Value().Replace(What.Split(':', '\n')[0], "*")} {FrameIn(What)}";

    /// <summary>A file's name: kind and the beginning of a hash of the signature.</summary>
    public string FileName => $"{Kind}-{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Signature)))[..8]}";

    public override string ToString() =>
        $"{Target}, {Kind}: {What}\n  The input, {Input.Length} bytes in base64: {Convert.ToBase64String(Input)}";

    /// <summary>The first frame of our own code.</summary>
    private static string FrameIn(string what) => Frame().Match(what) is { Success: true } match ? match.Groups[1].Value : "";

    [GeneratedRegex("(?<![a-z])'[^']*'|\"[^\"]*\"|(?<!event [0-9]*)[0-9]+")]
    private static partial Regex Value();

    [GeneratedRegex(@"at (Ppv\.(?!Fuzz)[^(]+)\(")]
    private static partial Regex Frame();
}
