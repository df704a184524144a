using System.CommandLine;
using Ppv.Samples.Cli.Running;

namespace Ppv.Samples.Cli.Completion;

/// <summary><c>ppv completion</c>: prints the lines with which a shell completes the tool's verbs and options.</summary>
internal static class CompletionVerb
{
    private const string Bash = """
        # Completion of ppv in bash: add to ~/.bashrc:  eval "$(ppv completion bash)"
        _ppv_complete() {
          local IFS=$'\n'
          COMPREPLY=($(ppv "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null))
        }
        complete -F _ppv_complete ppv
        """;

    private const string Zsh = """
        # Completion of ppv in zsh: add to ~/.zshrc, below compinit:  eval "$(ppv completion zsh)"
        _ppv_complete() {
          local -a found
          found=("${(@f)$(ppv "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
          compadd -- "${found[@]}"
        }
        compdef _ppv_complete ppv
        """;

    private const string PowerShell = """
        # Completion of ppv in PowerShell: add to $PROFILE:  ppv completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName ppv -ScriptBlock {
          param($word, $line, $position)
          ppv "[suggest:$position]" "$line" | Where-Object { $_ -like "$word*" } | ForEach-Object { $_ }
        }
        """;

    private static readonly Dictionary<string, string> Scripts = new() { ["bash"] = Bash, ["zsh"] = Zsh, ["pwsh"] = PowerShell };

    public static Command Create(CliEnvironment environment)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or pwsh." };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        var verb = new Verb(
            "completion", "Prints the lines that let a shell complete verbs and options.", "eval \"$(ppv completion bash)\"")
        {
            shell,
        };
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            await environment.Output.WriteLineAsync(Scripts[parsed.GetRequiredValue(shell)].AsMemory(), cancellationToken);
            return ExitCodes.Ok;
        });
        return verb;
    }
}
