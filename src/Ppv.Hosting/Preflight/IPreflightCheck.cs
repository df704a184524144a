namespace Ppv.Hosting.Preflight;

/// <summary>
/// One of the things that <c>--check</c> looks at: what would keep the program from its work, found out without starting it. It takes no
/// order, declares no queue, and changes nothing that another process may use.
/// </summary>
internal interface IPreflightCheck
{
    /// <summary>Looks. What is wrong is a finding, not an exception.</summary>
    Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellationToken);
}
