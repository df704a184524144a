using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Ppv.Protocol.Telemetry;
using Ppv.Protocol.Text;

namespace Ppv.Rpc.Diagnostics;

/// <summary>Which of an application's clients it is, in all that people see of it. Immutable.</summary>
/// <param name="Name">The name that it was added with; <see langword="null"/> for the one without.</param>
/// <param name="Section">The path of the configuration's section that its options are from; empty for the whole configuration.</param>
internal sealed partial record ClientIdentity(string? Name, string Section = ClientIdentity.UsualSection)
{
    /// <summary>The section that sentences name where nobody has said another one.</summary>
    public const string UsualSection = "Ppv";

    /// <summary>The client of an application that has one.</summary>
    public static ClientIdentity Only { get; } = new((string?)null);

    /// <summary>What the broker's management shows its connection as.</summary>
    /// <param name="program">The program's name; by default that of the process.</param>
    /// <param name="role">What it is there.</param>
    public string ConnectionName(string? program, string role) =>
        $"{program ?? Assembly.GetEntryAssembly()?.GetName().Name ?? "ppv"} {role}{(Name is null ? "" : $" {Name}")}";

    /// <summary>A sentence about settings, with the names under which these were read; once more it stays as it is.</summary>
    public string InWords(string text)
    {
        if (Section == UsualSection) return text;
        var before = Section.Length == 0 ? "" : $"{Section}:";
        return UsualName().Replace(text, _ => before);
    }

    /// <summary>A sentence that says whose it is.</summary>
    public string Of(string text) => Name is null ? InWords(text) : $"Client '{Name}': {InWords(text)}";

    /// <summary>Makes a logger whose messages and category say whose they are.</summary>
    public PlainLogger LoggerOf<T>(ILoggerFactory? factory)
    {
        if (factory is null) return PlainLogger.None;
        return PlainLogger.To(this == Only
            ? factory.CreateLogger<T>()
            : new OwnLogger(factory.CreateLogger($"{typeof(T).FullName}{(Name is null ? "" : $"[{Name}]")}"), this));
    }

    /// <summary>Adds the name to what measurements are told apart by; nothing where there is none.</summary>
    public void AddTo(ref TagList tags)
    {
        if (Name is not null) tags.Add(TelemetryNames.Client, Name);
    }

    /// <summary>The same as tags of their own.</summary>
    public TagList Tags()
    {
        var tags = new TagList();
        AddTo(ref tags);
        return tags;
    }

    // The name of another section may end in ours.
    [GeneratedRegex(@"(?<![\w:])Ppv:(?=(Broker|Rpc)\b)")]
    private static partial Regex UsualName();

    private sealed class OwnLogger(ILogger inner, ClientIdentity identity) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            inner.Log(logLevel, eventId, state, exception, (what, error) => identity.Of(formatter(what, error)));
    }
}
