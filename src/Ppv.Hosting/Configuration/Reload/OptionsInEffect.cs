using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Ppv.Hosting;

/// <summary>
/// The options as they are in effect: those of the start, and of a changed configuration what is <see cref="ReloadableAttribute"/>.
/// <see cref="IOptionsMonitor{TOptions}"/> is not used because it throws at every reader once a changed value is wrong.
/// </summary>
internal sealed class OptionsInEffect<TOptions>(IServiceProvider services, StartupNotes notes, string section) : IReloadableOptions
    where TOptions : class
{
    private TOptions? _current, _next;
    private Dictionary<string, string> _started = [], _seen = [];

    /// <summary>Take it once for a request, so that all of it goes by one set. Nobody changes a set that was handed out.</summary>
    public TOptions Current => Volatile.Read(ref _current) ?? Started;

    private TOptions Started => services.GetRequiredService<IOptions<TOptions>>().Value;

    public void Begin()
    {
        Volatile.Write(ref _current, Started);
        _started = _seen = ValuesOf(Started);
    }

    public IReadOnlyList<string> Read()
    {
        _next = RawOptions.Get<TOptions>(services);
        var broken = services.GetServices<IValidateOptions<TOptions>>()
            .Select(rules => rules.Validate(Options.DefaultName, _next))
            .Where(result => result.Failed)
            .SelectMany(result => result.Failures ?? [])
            .ToList();
        return [.. notes.TakeProblems().Concat(broken).Distinct(StringComparer.Ordinal)];
    }

    public IReadOnlyList<OptionChange> Take()
    {
        var next = _next ?? throw new InvalidOperationException("Nothing was read.");
        var changes = OptionTree.Values(next, section)
            .Where(option => _seen.GetValueOrDefault(option.Path) != option.Value
                && (option.IsReloadable || _started.GetValueOrDefault(option.Path) != option.Value))
            .Select(option => new OptionChange(option.Path, option.IsReloadable))
            .ToList();
        _seen = ValuesOf(next);
        OptionTree.KeepWhatNeedsARestart(next, Started);
        Volatile.Write(ref _current, next);
        _next = null;
        return changes;
    }

    private Dictionary<string, string> ValuesOf(TOptions options) =>
        OptionTree.Values(options, section).ToDictionary(option => option.Path, option => option.Value);
}

/// <summary>
/// Options that a changed configuration may change. One caller at a time; first all of them are read, then all are taken.
/// </summary>
internal interface IReloadableOptions
{
    /// <summary>Remembers what the program was started with.</summary>
    void Begin();

    /// <summary>Reads and checks the changed configuration; nothing takes effect yet.</summary>
    /// <returns>What is wrong with it.</returns>
    IReadOnlyList<string> Read();

    /// <summary>Puts into effect what was read, as far as that can be.</summary>
    /// <returns>What has changed since the last time, save for what is again as it was at the start and in use.</returns>
    IReadOnlyList<OptionChange> Take();
}

/// <summary>An option whose value was changed while the program runs.</summary>
/// <param name="Path">Such as <c>Ppv:Broker:Hosts</c>.</param>
/// <param name="IsInEffect">Whether the new value is in effect, or needs a new start.</param>
internal sealed record OptionChange(string Path, bool IsInEffect);
