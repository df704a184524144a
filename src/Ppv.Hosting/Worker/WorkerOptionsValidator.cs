using Microsoft.Extensions.Options;

namespace Ppv.Hosting.Worker;

/// <summary>The ranges of <see cref="WorkerOptions"/>; generated from the attributes there.</summary>
[OptionsValidator]
internal sealed partial class WorkerOptionsValidator : IValidateOptions<WorkerOptions>;
