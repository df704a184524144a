// The worker: orders from the queue, to Wizard. HTTP serves its health only. Settings: appsettings.json beside the program, environment
// variables, --cfg ppv_srv.cfg.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Services.AddSystemd();
builder.AddPpvServer();

var app = builder.Build();
app.MapPpvServer();
return await app.RunPpvAsync(args);
