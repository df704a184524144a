using Microsoft.Extensions.Options;

namespace Ppv.Hosting.LogFile;

/// <summary>What <see cref="LogFileOptions"/> must be.</summary>
internal sealed class LogFileRules : IValidateOptions<LogFileOptions>
{
    public ValidateOptionsResult Validate(string? name, LogFileOptions options) =>
        new LogFileOptionsValidator().Validate("Ppv:LogFile", options);
}
