namespace Ppv.Hosting.LegacyCfg;

/// <summary>Whose old configuration file is read.</summary>
internal enum LegacyRole
{
    /// <summary>The gateway's: <c>rest_api_gateway.cfg</c>.</summary>
    Gateway,

    /// <summary>The worker's: <c>ppv_srv.cfg</c>.</summary>
    Worker,
}
