using Microsoft.Extensions.Options;

namespace Ppv.Hosting.Gateway;

/// <summary>The ranges of <see cref="OrderEndpointOptions"/>; generated from the attributes there.</summary>
[OptionsValidator]
internal sealed partial class OrderEndpointOptionsValidator : IValidateOptions<OrderEndpointOptions>;
