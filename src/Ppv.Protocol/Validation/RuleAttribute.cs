using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;

namespace Ppv.Protocol.Validation;

/// <summary>
/// A rule about one option, beside the option. A generated validator (<c>[OptionsValidator]</c>) asks it; the name that it is given is the
/// configuration section, such as <c>Ppv:Wizard</c>, and the message names the path.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal abstract class RuleAttribute : ValidationAttribute
{
    /// <summary>What a value must be, as it follows "it must be".</summary>
    public abstract string RuleFor(object? value);

    protected abstract bool Holds(object? value);

    protected sealed override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        Holds(value)
            ? ValidationResult.Success
            : new ValidationResult(OptionRules.Broken(PathOf(validationContext.DisplayName), value, RuleFor(value)));

    /// <summary>Of a section's name and an option's, which come with a dot between them.</summary>
    private static string PathOf(string name) => name.Contains(':', StringComparison.Ordinal) ? name.Replace('.', ':') : name;
}

/// <summary>A number or a time between two bounds, themselves included; nothing is in range where nothing may be set.</summary>
internal sealed class InRangeAttribute : RuleAttribute
{
    public InRangeAttribute(int min, int max) => (Min, Max) = (min, max);

    public InRangeAttribute(long min, long max) => (Min, Max) = (min, max);

    /// <summary>Times as they are written in a configuration, such as <c>00:00:00.1</c>.</summary>
    public InRangeAttribute(string min, string max) =>
        (Min, Max) = (TimeSpan.Parse(min, CultureInfo.InvariantCulture), TimeSpan.Parse(max, CultureInfo.InvariantCulture));

    public IComparable Min { get; }

    public IComparable Max { get; }

    public override string RuleFor(object? value) => $"{OptionRules.Show(Min)} to {OptionRules.Show(Max)}";

    protected override bool Holds(object? value) => value is null || (Min.CompareTo(value) <= 0 && Max.CompareTo(value) >= 0);
}

/// <summary>One of an enumeration's values.</summary>
internal sealed class DefinedAttribute : RuleAttribute
{
    public override string RuleFor(object? value) =>
        value is Enum ? $"one of {string.Join(", ", Enum.GetNames(value.GetType()))}" : "set";

    protected override bool Holds(object? value) => value is Enum && Enum.IsDefined(value.GetType(), value);
}

/// <summary>A text that is not empty.</summary>
internal sealed class NotEmptyAttribute : RuleAttribute
{
    public override string RuleFor(object? value) => "a text that is not empty";

    protected override bool Holds(object? value) => !string.IsNullOrWhiteSpace((string?)value);
}

/// <summary>A code that stands in an answer: it must pass JSON, a header and the old gateway without being changed.</summary>
internal sealed class CodeAttribute : RuleAttribute
{
    public override string RuleFor(object? value) => "1 to 64 printable ASCII characters without quotes";

    protected override bool Holds(object? value) =>
        value is string { Length: >= 1 and <= 64 } code && code.All(c => c is >= ' ' and <= '~' and not ('"' or '\''));
}

/// <summary>The name of a queue.</summary>
internal sealed class QueueNameAttribute : RuleAttribute
{
    public override string RuleFor(object? value) => "1 to 255 bytes long";

    protected override bool Holds(object? value) => IsValid((string?)value);

    public static bool IsValid(string? name) => Encoding.UTF8.GetByteCount(name ?? "") is >= 1 and <= 255;
}

/// <summary>A host name or an address.</summary>
internal sealed class HostNameAttribute : RuleAttribute
{
    public override string RuleFor(object? value) => "a host name or an address";

    protected override bool Holds(object? value) => Uri.CheckHostName((string?)value ?? "") != UriHostNameType.Unknown;
}
