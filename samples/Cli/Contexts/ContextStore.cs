using System.Text.Json;
using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Running;
using Ppv.Samples.Cli.Targets;

namespace Ppv.Samples.Cli.Contexts;

/// <summary>
/// The named contexts of this person: <c>ppv/contexts.json</c> in the folder for settings (<c>~/.config</c>, <c>XDG_CONFIG_HOME</c>). There
/// are passwords in it, so only the person may read it.
/// </summary>
internal sealed class ContextStore(string path)
{
    public string Path => path;

    public static ContextStore OfUser(CliEnvironment environment)
    {
        var folder = environment.Variable("XDG_CONFIG_HOME") is { Length: > 0 } configured
            ? configured
            : Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return new ContextStore(System.IO.Path.Combine(folder, "ppv", "contexts.json"));
    }

    /// <summary>What the file has; nothing when there is none.</summary>
    /// <exception cref="CliException">It can't be read.</exception>
    public ContextFile Read()
    {
        try
        {
            if (!File.Exists(path)) return new ContextFile();
            return JsonSerializer.Deserialize<ContextFile>(File.ReadAllText(path), CliJson.Options) ?? new ContextFile();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CliException($"The contexts in {path} can't be read ({e.Message}). Mend the file, or remove it and add them again "
                + "with 'ppv context add'.", ExitCodes.BadArguments, e);
        }
    }

    /// <summary>The context of this name.</summary>
    /// <exception cref="CliException">There is none.</exception>
    public Target Get(string name) => Read().Contexts.GetValueOrDefault(name)
        ?? throw new CliException($"There is no context '{name}'. 'ppv context list' has those that there are.", ExitCodes.BadArguments);

    /// <summary>The name of the context in use, if there is one.</summary>
    public string? InUse() => Read() is { InUse: { } name } file && file.Contexts.ContainsKey(name) ? name : null;

    /// <summary>Writes the file anew, in one step, readable by its owner only.</summary>
    /// <exception cref="CliException">It can't be written.</exception>
    public void Write(ContextFile file)
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            using var whole = new WholeFile(path, force: true, isForOwnerOnly: true);
            whole.Write(JsonSerializer.Serialize(file, CliJson.Options));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CliException)
        {
            throw new CliException($"The contexts can't be written to {path} ({e.Message}). Give yourself the right to write there, or set "
                + "XDG_CONFIG_HOME to another folder.", ExitCodes.NotOk, e);
        }
    }
}

/// <summary>What the file of contexts holds.</summary>
internal sealed record ContextFile
{
    /// <summary>The context that verbs take when none is named.</summary>
    public string? InUse { get; init; }

    public SortedDictionary<string, Target> Contexts { get; init; } = new(StringComparer.Ordinal);
}
