// The gateway: orders over HTTP, into the queue. Settings: appsettings.json beside the program, environment variables, --cfg
// rest_api_gateway.cfg.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Services.AddSystemd();
builder.AddPpvGateway();

var app = builder.Build();
app.MapPpvGateway();
return await app.RunPpvAsync(args);
