using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Ppv.Hosting.Security;

/// <summary>Clients' keys as a scheme of ASP.NET Core's authentication, and the policies over it.</summary>
internal static class AccessServices
{
    public static void AddAccess(this IServiceCollection services)
    {
        services.AddOptions<PpvAccessOptions>().ValidateOnStart();
        services.AddSingleton<IValidateOptions<PpvAccessOptions>, AccessRules>();
        services.AddSingleton<KeyFiles>();
        services.AddSingleton<ClientKeys>();
        services.AddSingleton<WrongKeys>();
        services.AddSingleton<RefusedRequests>();
        services.AddSingleton<BrowserRule>();
        services.AddRouting();
        services.AddSingleton<MatcherPolicy, EntrancePolicy>();
        HostNames.Add(services);
        // Not AddAuthentication(): it brings data protection along, which writes keys of its own to the disk.
        services.AddAuthenticationCore(options => options.AddScheme<ClientKeyHandler>(ClientKeyHandler.SchemeName, displayName: null));
        services.AddTransient<ClientKeyHandler>();
        services.TryAddSingleton(UrlEncoder.Default);
        services.PostConfigure<AuthenticationOptions>(KeepOnlySchemeOfHost);
        services.AddSingleton<IAuthorizationHandler, OperatorRequirement>();
        services.AddAuthorization(options =>
        {
            options.AddPolicy(PpvPolicies.Orders, Policy(policy => policy.RequireAssertion(
                static context => ClientKeyHandler.HasRole(context.User, PpvAccessRole.Orders))));
            options.AddPolicy(PpvPolicies.Inquiries, Policy(policy => policy.RequireAssertion(
                static context => ClientKeyHandler.HasRole(context.User, PpvAccessRole.Orders) || OperatorRequirement.IsMetBy(context))));
            options.AddPolicy(PpvPolicies.Operator, Policy(policy => policy.AddRequirements(new OperatorRequirement())));
        });
    }

    /// <summary>A host's only scheme is its default without being named; ours beside it must not take that away.</summary>
    private static void KeepOnlySchemeOfHost(AuthenticationOptions options)
    {
        var ofHost = options.Schemes.Where(scheme => scheme.Name != ClientKeyHandler.SchemeName).ToList();
        if (ofHost.Count == 1) options.DefaultScheme ??= ofHost[0].Name;
    }

    private static AuthorizationPolicy Policy(Action<AuthorizationPolicyBuilder> configure)
    {
        var policy = new AuthorizationPolicyBuilder(ClientKeyHandler.SchemeName);
        configure(policy);
        return policy.Build();
    }
}
