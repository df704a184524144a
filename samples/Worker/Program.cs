// The worker: orders from the queue, to Wizard. HTTP serves its health and the line board only. Settings: appsettings.json beside the
// program, environment variables, --cfg ppv_srv.cfg.
using Ppv.Hosting;
using Ppv.Samples;

return await PpvProgram.RunAsync(args, static args =>
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    builder.Services.AddSystemd();
    builder.AddPpvServer();
    builder.AddTelemetry();

    var app = builder.Build();
    app.MapPpvServer();
    app.MapPpvDashboard();
    app.MapGet("/", static () => Results.Redirect("/board")).ExcludeFromDescription();
    app.MapTelemetry();
    return app;
});
