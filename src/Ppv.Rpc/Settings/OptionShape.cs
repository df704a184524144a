using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Ppv.Protocol.Validation;

namespace Ppv.Rpc.Settings;

/// <summary>
/// What a section of the configuration may hold, read from the options classes: there is no other list of the keys that are known.
/// Immutable.
/// </summary>
internal sealed class OptionShape
{
    private static readonly Dictionary<string, OptionShape> None = [];
    private static readonly Type[] OtherValues =
        [typeof(string), typeof(decimal), typeof(TimeSpan), typeof(DateTime), typeof(DateTimeOffset), typeof(Guid), typeof(Uri)];

    private OptionShape(OptionKind kind, Type type, SecretAttribute? secret) => (Kind, Type, Secret) = (kind, type, secret);

    public OptionKind Kind { get; }

    /// <summary>The type of the value, of the section, of the list.</summary>
    public Type Type { get; }

    /// <summary>What of the value is secret; <see langword="null"/> for nothing.</summary>
    public SecretAttribute? Secret { get; }

    /// <summary>The options of a section by their names, whose case does not count.</summary>
    public IReadOnlyDictionary<string, OptionShape> Options { get; private init; } = None;

    /// <summary>What each entry of a list is, or each that has a name of its own.</summary>
    public OptionShape? Entry { get; private init; }

    /// <summary>What belongs to another program: whatever is in it is left to that one.</summary>
    public static OptionShape Foreign { get; } = new(OptionKind.Foreign, typeof(object), null);

    /// <summary>The shape of an options class.</summary>
    public static OptionShape Of(Type type) => Of(type, null);

    /// <summary>This section with the options of another one beside its own.</summary>
    public OptionShape With(OptionShape other) => With(other.Options);

    /// <summary>This section with one more in it.</summary>
    public OptionShape With(string name, OptionShape shape) => With([KeyValuePair.Create(name, shape)]);

    /// <summary>What a configuration can set.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "The options classes are kept: ClientSection names them.")]
    public static IEnumerable<PropertyInfo> PropertiesOf(Type type) =>
        type.GetProperties().Where(property =>
            property is { CanRead: true, CanWrite: true } && property.GetIndexParameters().Length == 0
            && !typeof(Delegate).IsAssignableFrom(property.PropertyType));

    /// <summary>Options of options: neither one value nor a list.</summary>
    public static bool IsSection(Type type) => !IsValue(type) && !typeof(IEnumerable).IsAssignableFrom(type);

    private static OptionShape Of(Type type, SecretAttribute? secret)
    {
        if (IsValue(type)) return new OptionShape(OptionKind.Value, type, secret);
        if (IsSection(type))
        {
            return new OptionShape(OptionKind.Section, type, secret)
            {
                Options = PropertiesOf(type).ToDictionary(
                    property => property.Name, property => Of(property.PropertyType, property.GetCustomAttribute<SecretAttribute>()),
                    StringComparer.OrdinalIgnoreCase),
            };
        }

        var entry = Of(type.HasElementType ? type.GetElementType()! : type.GetGenericArguments()[^1], secret);
        return new OptionShape(IsNamed(type) ? OptionKind.Named : OptionKind.List, type, secret) { Entry = entry };
    }

    private static bool IsValue(Type type)
    {
        var value = Nullable.GetUnderlyingType(type) ?? type;
        return value.IsPrimitive || value.IsEnum || OtherValues.Contains(value);
    }

    private static bool IsNamed(Type type) => type.IsGenericType && type.GetGenericArguments().Length == 2;

    private OptionShape With(IEnumerable<KeyValuePair<string, OptionShape>> options)
    {
        var all = new Dictionary<string, OptionShape>(Options, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, shape) in options) all.TryAdd(name, shape);
        return new OptionShape(Kind, Type, Secret) { Options = all };
    }
}

/// <summary>What an option is to a configuration.</summary>
internal enum OptionKind
{
    /// <summary>One value.</summary>
    Value,

    /// <summary>Options with names.</summary>
    Section,

    /// <summary>Entries that are numbered from 0.</summary>
    List,

    /// <summary>Entries whose names an operator chooses.</summary>
    Named,

    /// <summary>A section of another program.</summary>
    Foreign,
}
