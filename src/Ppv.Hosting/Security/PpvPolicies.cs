namespace Ppv.Hosting;

/// <summary>
/// Names of the authorization policies that <c>AddPpvGateway</c> and <c>AddPpvServer</c> add, for endpoints of your own:
/// <c>app.MapGet(…).RequireAuthorization(PpvPolicies.Operator)</c>.
/// </summary>
public static class PpvPolicies
{
    /// <summary>
    /// A client with a key and the role <see cref="PpvAccessRole.Orders"/>. The order endpoint has it when there is such a client.
    /// </summary>
    public const string Orders = "Ppv.Orders";

    /// <summary>
    /// Who may ask what became of an order: a client as in <see cref="Orders"/>, of its own orders, and an operator as in
    /// <see cref="Operator"/>, of all, by their ids in the logs. The status endpoint has it when orders demand a key.
    /// </summary>
    public const string Inquiries = "Ppv.Inquiries";

    /// <summary>
    /// An operator: a connection over a Unix domain socket of the server (<c>http://unix:/run/ppv/admin.sock</c> in <c>Urls</c>), which the
    /// rights on the socket's file and folder guard, or a client with a key and the role <see cref="PpvAccessRole.Operator"/>. Coming from
    /// the loopback address proves nothing, as everybody behind a proxy on this machine does. Give a proxy no such socket: a request that
    /// says it was passed on (<c>X-Forwarded-For</c>, <c>Forwarded</c>, <c>Via</c> and the like) is none of an operator's, but not every
    /// proxy says so.
    /// </summary>
    public const string Operator = "Ppv.Operator";
}
