using Ppv.Samples;

// The gateway: orders over HTTP, into the queue. Settings: appsettings.json beside the program, environment variables, --cfg
// rest_api_gateway.cfg.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.AddPpvGateway();
builder.AddTelemetry();

var app = builder.Build();
app.MapPpvGateway();
app.MapTelemetry();
return await app.RunPpvAsync();
