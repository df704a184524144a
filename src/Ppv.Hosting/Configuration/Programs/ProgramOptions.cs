using Ppv.Rpc.Settings;

namespace Ppv.Hosting.Configuration.Programs;

/// <summary>
/// What gateway and worker read in the section <c>Ppv</c>: one file, or one environment, may serve both, so each knows the other's keys.
/// </summary>
internal static class ProgramOptions
{
    public static OptionShape Shape { get; } =
        OptionShape.Of(typeof(PpvGatewayOptions)).With(OptionShape.Of(typeof(PpvServerOptions)));
}
