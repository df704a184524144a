using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Ppv.Hosting.Configuration;

/// <summary>
/// Options as they are configured, not validated: for what must be known while the host is being built (the path to map, how long stopping
/// may take). The validation at start then says what is wrong with them, once, instead of an exception out of <c>Build</c>.
/// </summary>
internal static class RawOptions
{
    public static TOptions Get<TOptions>(IServiceProvider services) where TOptions : class =>
        new OptionsFactory<TOptions>(
            services.GetServices<IConfigureOptions<TOptions>>(),
            services.GetServices<IPostConfigureOptions<TOptions>>(),
            []).Create(Options.DefaultName);
}
