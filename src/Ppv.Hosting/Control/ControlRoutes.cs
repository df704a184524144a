using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Ppv.Hosting.Security;
using Ppv.Protocol.Text;

namespace Ppv.Hosting.Control;

/// <summary>
/// <c>GET /control/intake</c>, and <c>POST</c> below it to <c>close</c> and <c>open</c>: for operators
/// (<see cref="PpvPolicies.Operator"/>). Once per set of routes: gateway and worker in one program are closed and opened together.
/// </summary>
internal sealed partial class ControlRoutes(IServiceProvider services, PlainLogger<ControlRoutes> logger)
{
    private const string Path = "/control/intake";
    private readonly HashSet<ICollection<EndpointDataSource>> _mapped = new(ReferenceEqualityComparer.Instance);

    /// <summary>
    /// Not before somebody asks: a worker's has the whole worker made, its journal opened, also for a mere <c>--check</c>.
    /// </summary>
    private IEnumerable<IIntake> Intakes => services.GetServices<IIntake>();

    public void Map(IEndpointRouteBuilder endpoints)
    {
        if (!_mapped.Add(endpoints.DataSources)) return;
        var control = endpoints.MapGroup(Path).RequireAuthorization(PpvPolicies.Operator).ExcludeFromDescription();
        control.MapGet("", TellAsync).WithMetadata(Entrance.ToTell).WithDisplayName("PPV intake");
        control.MapPost("close", CloseAsync).WithMetadata(Entrance.ToAct).WithDisplayName("PPV intake, close");
        control.MapPost("open", OpenAsync).WithMetadata(Entrance.ToAct).WithDisplayName("PPV intake, open");
    }

    private Task CloseAsync(HttpContext context)
    {
        foreach (var intake in Intakes.Where(intake => intake.IsOpen))
        {
            var empty = intake.CloseAsync();
            IntakeLog.Closed(logger, intake.Name, intake.UnderWay);
            _ = empty.ContinueWith(
                _ => IntakeLog.IsEmpty(logger, intake.Name), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        return TellAsync(context);
    }

    private Task OpenAsync(HttpContext context)
    {
        foreach (var intake in Intakes.Where(intake => !intake.IsOpen))
        {
            intake.Open();
            IntakeLog.Opened(logger, intake.Name);
        }

        return TellAsync(context);
    }

    private Task TellAsync(HttpContext context) => context.Response.WriteAsJsonAsync(
        [.. Intakes.Select(intake => new IntakeState(intake.Name, intake.IsOpen, intake.UnderWay))],
        IntakeJson.Default.IntakeStateArray, "application/json", context.RequestAborted);

    /// <summary>What an operator is told of an intake.</summary>
    internal sealed record IntakeState(string Name, bool IsOpen, int UnderWay);

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
    [JsonSerializable(typeof(IntakeState[]))]
    private sealed partial class IntakeJson : JsonSerializerContext;
}
