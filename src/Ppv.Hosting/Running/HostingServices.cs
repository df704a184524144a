using Microsoft.Extensions.Compliance.Classification;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Ppv.Hosting.Configuration;
using Ppv.Hosting.Control;
using Ppv.Hosting.Figures;
using Ppv.Hosting.Health;
using Ppv.Hosting.LogFile;
using Ppv.Hosting.Preflight;
using Ppv.Hosting.Presence;
using Ppv.Hosting.Redaction;
using Ppv.Hosting.Security;
using Ppv.Protocol.Text;
using Ppv.Rpc.Settings;

namespace Ppv.Hosting.Running;

/// <summary>What gateway and worker have in common; added once when both are in one program.</summary>
internal static class HostingServices
{
    /// <summary>For what happens at stopping besides the waiting itself: cancelling, closing connections.</summary>
    private static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(5);

    private const string LogFile = "LogFile", Access = "Access";

    private static readonly TimeSpan LongestStop = TimeSpan.FromMinutes(10);

    public static StartupFindings AddHosting(this IServiceCollection services)
    {
        var added = services.FirstOrDefault(service => service.ServiceType == typeof(StartupFindings));
        if (added?.ImplementationInstance is StartupFindings present) return present;
        var notes = new StartupFindings();
        services.AddSingleton(notes);
        services.TryAddSingleton(typeof(PlainLogger<>));
        services.AddHostedService<StartupReport>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ILoggerProvider>(LogFileProvider.Create);
        services.AddOptions<LogFileOptions>().ValidateOnStart();
        services.AddSingleton<IValidateOptions<LogFileOptions>, LogFileRules>();
        services.AddRedaction(static redaction => redaction.SetRedactor<SubscriberNumberRedactor>(
            new DataClassificationSet(PpvDataClassifications.SubscriberNumber)));
        services.AddAccess();
        services.TryAddSingleton(WatchdogTime.OfEnvironment());
        services.AddHostedService<SystemdWatchdog>();
        services.AddSingleton<OrderFigures>();
        services.TryAddSingleton<IPresenceFigures, OwnFigures>();
        services.AddSingleton<RecentWarnings>();
        services.AddSingleton<ILoggerProvider>(static provider => provider.GetRequiredService<RecentWarnings>());
        services.AddSingleton<IPreflightCheck, LogFilePreflight>();
        services.AddSingleton<IPreflightCheck, AddressPreflight>();
        services.AddSingleton<HealthRoutes>();
        services.AddSingleton<ControlRoutes>();
        services.AddHealthChecks().AddCheck<ReadinessCheck>("ppv", tags: [HealthRoutes.ReadyTag]);
        return notes;
    }

    /// <summary>Options of one kind: from the section when there is one, validated at start.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="section">The section <c>Ppv</c>.</param>
    /// <param name="configure">Changes what was read.</param>
    /// <param name="programs">What gateway and worker read in the section: one may be given what is the other's.</param>
    public static void AddHostOptions<TOptions, TRules>(
        this IServiceCollection services, IConfiguration? section, Action<TOptions>? configure, OptionShape programs)
        where TOptions : class
        where TRules : class, IValidateOptions<TOptions>
    {
        var notes = services.AddHosting();
        if (section is not null)
        {
            var settings = new HostSettings(section, programs
                .With(LogFile, OptionShape.Of(typeof(LogFileOptions))).With(Access, OptionShape.Of(typeof(PpvAccessOptions))));
            services.AddSingleton(settings);
            services.AddSingleton<IConfigureOptions<TOptions>>(new SectionBinder<TOptions>(settings, "", notes));
            services.AddSingleton<IConfigureOptions<LogFileOptions>>(new SectionBinder<LogFileOptions>(settings, LogFile, notes));
            services.AddSingleton<IConfigureOptions<PpvAccessOptions>>(new SectionBinder<PpvAccessOptions>(settings, Access, notes));
        }

        var options = services.AddOptions<TOptions>().ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TOptions>, TRules>());
    }

    /// <summary>Lets the host wait at stopping as long as our own rules want to, where its own time is shorter.</summary>
    public static void AllowForStopping<TOptions>(this IServiceCollection services, Func<TOptions, TimeSpan> wait)
        where TOptions : class =>
        services.AddOptions<HostOptions>().PostConfigure<IServiceProvider>((host, provider) =>
        {
            var longest = wait(RawOptions.Get<TOptions>(provider));
            var needed = (longest < LongestStop ? longest : LongestStop) + StopMargin;
            if (host.ShutdownTimeout < needed) host.ShutdownTimeout = needed;
        });
}
