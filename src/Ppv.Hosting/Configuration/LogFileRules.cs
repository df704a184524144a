using Microsoft.Extensions.Options;
using Ppv.Rpc;

namespace Ppv.Hosting;

/// <summary>What <see cref="LogFileOptions"/> must be.</summary>
internal sealed class LogFileRules : IValidateOptions<LogFileOptions>
{
    private const string Section = "Ppv:LogFile:";

    public ValidateOptionsResult Validate(string? name, LogFileOptions options)
    {
        var rules = new OptionRules();
        rules.InRange(Section + nameof(options.MaxBytes), options.MaxBytes, 0, 2_000_000_000);
        rules.InRange(Section + nameof(options.BackupCount), options.BackupCount, 0, 1000);
        return rules.ToResult();
    }
}
