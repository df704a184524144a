using Microsoft.Extensions.Options;

namespace Ppv.Hosting.LogFile;

/// <summary>The ranges of <see cref="LogFileOptions"/>; generated from the attributes there.</summary>
[OptionsValidator]
internal sealed partial class LogFileOptionsValidator : IValidateOptions<LogFileOptions>;
