namespace Ppv.Hosting.Running;

/// <summary>
/// What the program was called to do besides running. The switches stand last: whatever follows one would be taken for its value, and so
/// a setting there would be lost without a word.
/// </summary>
/// <param name="Kind">What to do.</param>
/// <param name="Argument">Which health is asked for, or what is wrong with the call.</param>
internal sealed record HostCommand(HostCommandKind Kind, string Argument = "")
{
    private const string Check = "--check", Health = "--health", Ready = "ready", Live = "live";

    public static HostCommand Parse(IReadOnlyList<string> arguments) => arguments switch
    {
        [.., Health] => Sole(arguments, 1, new HostCommand(HostCommandKind.Health, Ready)),
        [.., Health, Ready or Live] => Sole(arguments, 2, new HostCommand(HostCommandKind.Health, arguments[^1])),
        [.., Check] => Sole(arguments, 1, new HostCommand(HostCommandKind.Check)),
        _ => Sole(arguments, 0, new HostCommand(HostCommandKind.Run)),
    };

    /// <summary>How many of the arguments are for the switch, at the end.</summary>
    public static int Length(IReadOnlyList<string> arguments) => Parse(arguments).Kind switch
    {
        HostCommandKind.Check => 1,
        HostCommandKind.Health => arguments[^1] == Health ? 1 : 2,
        _ => 0,
    };

    /// <summary>How the program is called, for who asks or has mistyped.</summary>
    public static string Usage =>
        $"Call it without arguments to run, or with settings, such as --Ppv:Broker:Hosts:0=kfs-gax, --cfg FILE or --urls http://*:8070. "
        + $"{Check} looks whether it could run, {Health}, {Health} {Live} or {Health} {Ready} asks the one that runs; they stand last.";

    public static bool AsksForHelp(IReadOnlyList<string> arguments) => arguments is ["--help" or "-h" or "-?" or "/?"];

    /// <summary>
    /// What is neither a switch nor a setting, which is <c>name=value</c> or <c>--name value</c>: a program that overlooked it would run
    /// where somebody wanted something else of it.
    /// </summary>
    public static string? FindStray(IReadOnlyList<string> arguments)
    {
        var settings = arguments.Count - Length(arguments);
        for (var at = 0; at < settings; at++)
        {
            var argument = arguments[at];
            if (argument.IndexOf('=', StringComparison.Ordinal) > 0) continue;
            var hasValue = at + 1 < settings && !arguments[at + 1].StartsWith("--", StringComparison.Ordinal);
            if (!argument.StartsWith("--", StringComparison.Ordinal) || !hasValue) return argument;
            at++;
        }

        return null;
    }

    private static HostCommand Sole(IReadOnlyList<string> arguments, int length, HostCommand command) =>
        arguments.Take(arguments.Count - length).FirstOrDefault(IsSwitch) is { } misplaced
            ? new HostCommand(HostCommandKind.Misplaced, $"Put {misplaced} behind all other arguments: {Check}, {Health}, "
                + $"{Health} {Live} or {Health} {Ready} stands last, and alone.")
            : command;

    private static bool IsSwitch(string argument) =>
        argument.Split('=')[0] is var name
        && (name.Equals(Check, StringComparison.OrdinalIgnoreCase) || name.Equals(Health, StringComparison.OrdinalIgnoreCase));
}
