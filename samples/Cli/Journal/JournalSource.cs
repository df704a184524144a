using Ppv.Hosting;
using Ppv.Hosting.Running;
using Ppv.Hosting.Worker.Journal.Sqlite;
using Ppv.Samples.Cli.Running;
using Ppv.Samples.Cli.Targets;

namespace Ppv.Samples.Cli.Journal;

/// <summary>The journal that a verb reads, with what is wrong with it said in the tool's way.</summary>
internal static class JournalSource
{
    /// <summary>The file's path.</summary>
    /// <exception cref="CliException">None was given.</exception>
    public static string PathOf(Target target) => target.Journal ?? throw new CliException(
        $"It is not known where the journal is: there is none at {string.Join(", ", TargetDefaults.Journals)}. Give --journal FILE, or a "
        + "context that has one.", ExitCodes.BadArguments);

    /// <summary>Does something with the file.</summary>
    /// <exception cref="CliException">It is not there, or can't be used, or what is asked for may not be.</exception>
    public static T Use<T>(string path, Func<JournalView, T> action) => Guarded(path, () => action(new JournalView(path)));

    /// <inheritdoc cref="Use"/>
    public static T Guarded<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (FileNotFoundException e)
        {
            throw new CliException($"There is no journal {path}. Ppv:Server:Journal:Path of the worker says where it is; give it as "
                + "--journal.", ExitCodes.BadArguments, e);
        }
        catch (JournalUnavailableException e)
        {
            throw new CliException($"{e.Message} If it is a matter of rights, run this as the worker's account.", ExitCodes.Unreachable, e);
        }
        catch (InvalidOperationException e)
        {
            throw new CliException(e.Message, ExitCodes.NotOk, e);
        }
    }
}
