using Microsoft.Extensions.Options;

namespace Ppv.Hosting.Security;

/// <summary>The ranges of <see cref="PpvAccessOptions"/>; generated from the attributes there.</summary>
[OptionsValidator]
internal sealed partial class PpvAccessOptionsValidator : IValidateOptions<PpvAccessOptions>;
