namespace Ppv.Hosting.Running;

/// <summary>What keeps a program from starting before anything of it can be logged.</summary>
internal static class StartProblem
{
    /// <summary>What is wrong, in one sentence or a few: those of the exception and of what caused it, each once.</summary>
    public static string Describe(Exception exception)
    {
        List<string> sentences = [];
        for (var e = exception; e is not null; e = e.InnerException)
        {
            var sentence = e.Message.ReplaceLineEndings(" ").Trim().TrimEnd('.');
            if (!sentences.Exists(said => said.Contains(sentence, StringComparison.Ordinal))) sentences.Add(sentence);
        }

        return string.Join(". ", sentences) + ".";
    }

    /// <summary>Says it: as a finding of a check, else as the log would.</summary>
    public static Task WriteAsync(Exception exception, bool isCheck) => isCheck
        ? Console.Out.WriteLineAsync($"bad   {Describe(exception)}")
        : Console.Error.WriteLineAsync($"crit: Ppv.Hosting[21] Configuration: {Describe(exception)}");
}
