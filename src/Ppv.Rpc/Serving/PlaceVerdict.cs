namespace Ppv.Rpc.Serving;

/// <summary>What a server that enters its place makes of what it remembers.</summary>
internal enum PlaceVerdict
{
    /// <summary>Nobody else has served since: it holds.</summary>
    Continue,

    /// <summary>Another server has left in good order: what that one remembered counts.</summary>
    Import,

    /// <summary>Another server is about to leave in good order: look again.</summary>
    Wait,

    /// <summary>Another server may have served, and may have a command on its way: forget, and wait the grace.</summary>
    StartOver,
}
