using Microsoft.Extensions.Configuration;

namespace Ppv.Rpc.Settings;

/// <summary>
/// A section of a configuration as the programs take it. One value is from the strongest source that says it; <b>a list comes whole from
/// the strongest source that names any of it</b>, where .NET would mix the lists of all sources entry by entry. What can't be taken as it
/// is written is a problem: nothing is dropped.
/// </summary>
internal sealed class SettingsReading
{
    private readonly List<string> _problems = [];
    private readonly List<string> _warnings = [];
    private readonly List<Setting> _settings = [];
    private readonly List<(string Path, SettingSource Source)> _emptyEntries = [];
    private readonly string _path;
    private readonly OptionShape _shape;

    private SettingsReading(string path, OptionShape shape) => (_path, _shape) = (path, shape);

    /// <summary>What would not be taken as it was meant, a sentence each. No sentence has a value that may be secret.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Lists that a stronger source has the place of, a sentence each.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>
    /// Whether any source has the section, be it as an empty one; of a whole configuration, whether anything of ours stands at its top.
    /// </summary>
    public bool IsThere { get; private set; }

    /// <summary>What is in effect, in the order of the paths.</summary>
    public IReadOnlyList<Setting> Settings => _settings;

    /// <summary>Reads a section as it is now.</summary>
    /// <param name="section">The section, or a whole configuration.</param>
    /// <param name="shape">What it may hold.</param>
    public static SettingsReading Of(IConfiguration section, OptionShape shape)
    {
        var path = section is IConfigurationSection named ? named.Path : "";
        var reading = new SettingsReading(path, shape);
        var closed = new List<IConfiguration>();
        var sources = SettingSource.Of(section, closed);
        if (closed.Exists(each => HasAny(each, path)))
            reading._problems.Add($"Some settings below {Named(path)} come from a configuration whose sources can't be seen "
                + $"({string.Join(", ", closed.Select(each => each.GetType().Name).Distinct())}), so that nobody can keep their lists "
                + "apart. Hand over a section of the host's own configuration.");
        reading.IsThere = closed.Count > 0 || sources.Any(source => source.Below(path).Any(reading.IsOurs));
        foreach (var source in sources) reading.LookBeside(source);
        reading.Take([.. sources.Select(source => source.Below(path).Select(pair => reading.Find(pair, source)).OfType<Found>().ToList())]);
        reading.LookAtEmptyEntries();
        return reading;
    }

    /// <summary>What is in effect, as a configuration to bind options from. The paths are those of the section.</summary>
    public IConfiguration ToConfiguration() => new ConfigurationBuilder()
        .AddInMemoryCollection(_settings.Where(setting => setting.Shape.Kind == OptionKind.Value)
            .Select(setting => KeyValuePair.Create(setting.Path[(_path.Length == 0 ? 0 : _path.Length + 1)..], setting.Value)))
        .Build();

    /// <summary>
    /// Makes the lists empty that the configuration names, so that it does not add to what the options have from elsewhere.
    /// </summary>
    /// <param name="options">Options of the section.</param>
    /// <param name="below">Their place below the section, such as <c>LogFile</c>; empty for the section itself.</param>
    public void ClearLists(object options, string below = "")
    {
        var path = Join(_path, below);
        foreach (var property in OptionShape.PropertiesOf(options.GetType()))
        {
            var own = Join(path, property.Name);
            if (property.GetValue(options) is not { } value) continue;
            if (value is System.Collections.IList { IsFixedSize: false } list and not Array)
            {
                if (list.Count > 0 && _settings.Exists(setting => IsAtOrBelow(setting.Path, own)))
                    property.SetValue(options, Activator.CreateInstance(value.GetType()));
            }
            else if (OptionShape.IsSection(property.PropertyType))
            {
                ClearLists(value, own[(_path.Length == 0 ? 0 : _path.Length + 1)..]);
            }
        }
    }

    private static bool HasAny(IConfiguration configuration, string path)
    {
        if (path.Length == 0) return configuration.GetChildren().Any();
        var section = configuration.GetSection(path);
        return section.Value is not null || section.GetChildren().Any();
    }

    /// <summary>At the top of a configuration there is more than ours.</summary>
    private bool IsOurs(KeyValuePair<string, string?> pair) => _path.Length > 0
        || (_shape.Options.TryGetValue(pair.Key.Split(':')[0], out var option) && option.Kind != OptionKind.Foreign);

    private static bool IsAtOrBelow(string path, string other) =>
        path.StartsWith(other, StringComparison.OrdinalIgnoreCase) && (path.Length == other.Length || path[other.Length] == ':');

    private static string Join(string before, string name) =>
        before.Length == 0 ? name : name.Length == 0 ? before : $"{before}:{name}";

    private static string Named(string path) => path.Length == 0 ? "the configuration's top" : path;

    /// <summary>
    /// Finds a section at the top that was meant to be ours, or in it: <c>Ppv_Access__Clients</c>, <c>Pvp__Access</c>,
    /// <c>Access__Clients</c>. To .NET it is one of its own, and nobody would be asked for a key.
    /// </summary>
    private void LookBeside(SettingSource source)
    {
        if (_path.Length == 0 || _path.Contains(':', StringComparison.Ordinal)) return;
        foreach (var name in source.SectionNames())
        {
            if (!name.Equals(_path, StringComparison.OrdinalIgnoreCase) && MeantBy(name, source) is { } meant)
                Report($"{name} is not known; did you mean {meant}?", name, source);
        }
    }

    /// <summary>What of ours is meant by a section that is none of ours; <see langword="null"/>: nothing, it is somebody else's.</summary>
    private string? MeantBy(string name, SettingSource source)
    {
        // Without what separates words: "Ppv_Access", "Ppv.Access", "Ppv ".
        var letters = string.Concat(name.Where(char.IsLetterOrDigit));
        if (letters.Equals(_path, StringComparison.OrdinalIgnoreCase)) return _path;
        if (letters.StartsWith(_path, StringComparison.OrdinalIgnoreCase) && Option(letters[_path.Length..]) is { } joined)
            return Join(_path, joined);
        var below = source.NamesBelow(name).ToList();
        if (letters.All(char.IsLetter) && IsLike(letters, _path) && below.Exists(each => Option(each) is not null)) return _path;
        // Of a section that may be anybody's only what has entries by name is taken for ours: there are the clients' keys.
        return Option(name) is { } option && below.Exists(each => _shape.Options[option].Options.TryGetValue(each, out var inner)
            && inner.Kind == OptionKind.Named) ? Join(_path, option) : null;
    }

    private string? Option(string name) => _shape.Options.Keys.FirstOrDefault(
        option => option.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>One letter is missing, too many or wrong, or two have changed places.</summary>
    private static bool IsLike(string one, string other) => NearestName.Distance(one, other) <= 1
        || one.ToUpperInvariant().Order().SequenceEqual(other.ToUpperInvariant().Order());

    /// <summary>What a pair is; <see langword="null"/> for what says nothing, or what is a problem.</summary>
    private Found? Find(KeyValuePair<string, string?> pair, SettingSource source)
    {
        var (path, value) = pair;
        var names = path.Length == _path.Length ? [] : path[(_path.Length == 0 ? 0 : _path.Length + 1)..].Split(':');
        var (shape, at, list, entry) = (_shape, _path, (string?)null, (string?)null);
        foreach (var name in names)
        {
            var next = Join(at, name);
            if (name.Length == 0 && shape.Kind != OptionKind.Foreign)
            {
                Report($"{Named(at)} has an entry whose name is empty: give it one, or take it out.", path, source);
                return null;
            }

            switch (shape.Kind)
            {
                case OptionKind.Foreign:
                    return null;
                case OptionKind.Section when shape.Options.TryGetValue(name, out var option):
                    shape = option;
                    break;
                case OptionKind.Section:
                    // At the top of a configuration there is more than ours.
                    if (at.Length > 0) Report($"{next} is not known; {Suggestion(name, shape, at)}", next, source);
                    return null;
                case OptionKind.List when IsIndex(name):
                    (list, shape) = (list ?? at, shape.Entry!);
                    break;
                case OptionKind.List:
                    Report($"{next} is not known: {at} is a list, whose entries are numbered from 0, as {at}:0.", next, source);
                    return null;
                case OptionKind.Named:
                    (entry, shape) = (next, shape.Entry!);
                    break;
                default:
                    Report($"{next} is not known: {at} is one value, and nothing is below it.", next, source);
                    return null;
            }

            at = next;
        }

        if (entry is not null && shape.Kind != OptionKind.Value && string.IsNullOrEmpty(value)) _emptyEntries.Add((entry, source));
        return Take(new Found(path, value, shape, source, shape.Kind == OptionKind.List ? list ?? path : list));
    }

    /// <summary>A value where there can be none says nothing when it is empty, as in a file's <c>{}</c>, and else is a problem.</summary>
    private Found? Take(Found found)
    {
        var (path, value, shape, source, list) = found;
        if (shape.Kind == OptionKind.Value) return found;
        if (string.IsNullOrEmpty(value)) return list is null ? null : found;
        if (shape.Kind == OptionKind.List)
            Report($"{path} is a list, and not one value: number its entries, as {path}:0.", path, source);
        else if (shape.Kind == OptionKind.Section)
            Report($"{path} is a section, and not one value: name an option in it, such as {path}:{shape.Options.Keys.First()}.", path,
                source);
        else if (shape.Kind == OptionKind.Named)
            Report($"{path} has entries by name, and is not one value: name one, as {path}:NAME.", path, source);
        return null;
    }

    private void Take(List<Found>[] sources)
    {
        var lists = new Dictionary<string, List<Found>>(StringComparer.OrdinalIgnoreCase);
        var known = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var source in sources)
        {
            foreach (var found in source.Where(found => found.List is null && known.Add(found.Path))) Add(found);
            foreach (var list in source.Where(found => found.List is not null).GroupBy(
                found => found.List!, StringComparer.OrdinalIgnoreCase))
            {
                List<Found> entries = [.. list];
                if (lists.TryAdd(list.Key, entries)) TakeList(list.Key, entries);
                else Compare(list.Key, lists[list.Key], entries);
            }
        }

        _settings.Sort(static (one, other) => ConfigurationKeyComparer.Instance.Compare(one.Path, other.Path));
    }

    /// <summary>Who names an entry means one: a client that is dropped without a word would leave the gateway open to everybody.</summary>
    private void LookAtEmptyEntries()
    {
        foreach (var (path, source) in _emptyEntries.Where(entry => !_settings.Exists(setting => IsAtOrBelow(setting.Path, entry.Path))))
            Report($"{path} is an entry without anything in it.", path, source);
    }

    private void TakeList(string path, List<Found> entries)
    {
        var numbers = entries.Where(found => found.Path.Length > path.Length)
            .GroupBy(found => int.Parse(found.Path[(path.Length + 1)..].Split(':')[0], System.Globalization.CultureInfo.InvariantCulture))
            .OrderBy(entry => entry.Key).ToList();
        var source = entries[0].Source;
        if (numbers.Count == 0) _settings.Add(new Setting(path, null, entries[0].Shape, source));
        for (var i = 0; i < numbers.Count; i++)
        {
            if (numbers[i].Key != i)
            {
                Report($"{path}:{numbers[i].Key} stands there, and no {path}:{i}. A list comes whole from one source: name all of its "
                    + "entries in it, numbered from 0.", $"{path}:{numbers[i].Key}", source);
                break;
            }

            if (!numbers[i].Any(found => found.Shape.Kind == OptionKind.Value))
                Report($"{path}:{i} is an entry without anything in it.", $"{path}:{i}", source);
        }

        foreach (var found in entries.Where(found => found.Shape.Kind == OptionKind.Value)) Add(found);
    }

    private void Compare(string path, List<Found> stronger, List<Found> weaker)
    {
        if (Values(stronger).SequenceEqual(Values(weaker))) return;
        _warnings.Add($"{path} comes whole from {stronger[0].Source.Name}; what {weaker[0].Source.Name} says of it has no effect.");

        static IEnumerable<(string, string?)> Values(List<Found> list) => list.Where(found => found.Shape.Kind == OptionKind.Value)
            .Select(found => (Path: found.Path.ToUpperInvariant(), found.Value)).OrderBy(pair => pair.Path, StringComparer.Ordinal);
    }

    private void Add(Found found)
    {
        if (Setting.RuleBrokenBy(found.Value, found.Shape.Type) is { } rule)
            Report($"{found.Path} is {Setting.Quote(found.Value!)}; it must be {rule}.", null, found.Source);
        else
            _settings.Add(new Setting(found.Path, found.Value, found.Shape, found.Source));
    }

    private void Report(string problem, string? path, SettingSource source)
    {
        var text = path is null ? problem : $"{problem} It is from {source.PlaceOf(path)}.";
        if (!_problems.Contains(text, StringComparer.Ordinal)) _problems.Add(text);
    }

    private string Suggestion(string name, OptionShape section, string path) =>
        NearestName.Of(name, section, path, _shape, _path) is { } meant
            ? $"did you mean {meant}?"
            : $"{path} has {string.Join(", ", section.Options.Keys.Order(StringComparer.Ordinal))}.";

    private static bool IsIndex(string name) =>
        name is "0" || (name is [>= '1' and <= '9', ..] && name.Length <= 9 && name.All(char.IsAsciiDigit));

    private sealed record Found(string Path, string? Value, OptionShape Shape, SettingSource Source, string? List);
}
