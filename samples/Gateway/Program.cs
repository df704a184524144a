// The gateway: orders over HTTP, into the queue. Settings: appsettings.json beside the program, environment variables, --cfg
// rest_api_gateway.cfg.
using Ppv.Hosting;
using Ppv.Samples;
using Ppv.Samples.Gateway;

return await PpvProgram.RunAsync(args, static args =>
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    builder.Services.AddSystemd();
    builder.AddPpvGateway();
    builder.AddTelemetry();
    builder.Services.AddGatewayDocument();

    var app = builder.Build();
    app.MapPpvGateway();
    app.MapPpvDashboard();
    app.MapGet("/", static () => Results.Redirect("/board")).ExcludeFromDescription();
    app.MapTelemetry();
    app.MapGatewayDocument();
    return app;
});
