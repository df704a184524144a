namespace Ppv.Samples.Cli.Doctor;

/// <summary>What a step of the examination came to.</summary>
/// <param name="Step">What was looked at, in a word or two.</param>
/// <param name="Level">How it stands.</param>
/// <param name="Text">A sentence or more, with what to do where something is to be done; without secrets.</param>
internal sealed record DoctorFinding(string Step, DoctorLevel Level, string Text)
{
    public static DoctorFinding Ok(string step, string text) => new(step, DoctorLevel.Ok, text);

    public static DoctorFinding Warning(string step, string text) => new(step, DoctorLevel.Warning, text);

    public static DoctorFinding Fault(string step, string text) => new(step, DoctorLevel.Fault, text);

    public static DoctorFinding Skipped(string step, string text) => new(step, DoctorLevel.Skipped, text);
}

/// <summary>How a thing stands.</summary>
internal enum DoctorLevel
{
    Ok,

    /// <summary>Perhaps not as somebody wants it; orders pass.</summary>
    Warning,

    /// <summary>Orders don't pass, or a program would not start.</summary>
    Fault,

    /// <summary>It was not looked at, because a step that it needs failed or something is not known.</summary>
    Skipped,
}
