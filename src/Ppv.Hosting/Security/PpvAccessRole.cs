namespace Ppv.Hosting;

/// <summary>What a client may do over HTTP; one of them, not both.</summary>
public enum PpvAccessRole
{
    /// <summary>Place orders, and ask what became of one.</summary>
    Orders,

    /// <summary>What <see cref="PpvPolicies.Operator"/> guards. Places no orders.</summary>
    Operator,
}
