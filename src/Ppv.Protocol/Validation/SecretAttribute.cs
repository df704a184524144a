namespace Ppv.Protocol.Validation;

/// <summary>An option whose value is shown nobody: wherever settings are listed, <see cref="Mask"/> stands in its place.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretAttribute : Attribute
{
    public const string Mask = "***";

    /// <summary>Whether only a login is secret that stands before an <c>@</c>, as in the address of a broker.</summary>
    public bool OnlyLogin { get; init; }

    /// <summary>What may be shown of a value.</summary>
    public string Show(string value) =>
        !OnlyLogin ? Mask
        : value.LastIndexOf('@') is >= 0 and var at ? $"{Mask}{value[at..]}"
        : value;
}
