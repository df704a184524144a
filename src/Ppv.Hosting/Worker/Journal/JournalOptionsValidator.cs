using Microsoft.Extensions.Options;

namespace Ppv.Hosting.Worker.Journal;

/// <summary>The ranges of <see cref="JournalOptions"/>; generated from the attributes there.</summary>
[OptionsValidator]
internal sealed partial class JournalOptionsValidator : IValidateOptions<JournalOptions>;
