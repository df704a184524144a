using Microsoft.Extensions.Options;
using Ppv.CrashWorker;
using Ppv.Hosting;
using Ppv.Hosting.Worker.Journal;
using Ppv.Hosting.Worker.Journal.Sqlite;
using Ppv.Protocol;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Brokers.RabbitMq;

// The worker, with a death in it: --crash=AfterIntent --crash-order=ID kills the process when the confirm with this id comes to this step.
// Everything else is the real thing; the steps are seen from around the worker's own interfaces, so there is nothing about crashes in the
// packages.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.AddPpvServer();
var crash = new Crash(builder.Configuration.GetValue<CrashPoint?>("crash"), builder.Configuration["crash-order"]);
builder.Services.AddSingleton(provider => new CrashingJournal(
    new SqliteOrderJournal(OptionsOf(provider).Server.Journal, null, provider.GetRequiredService<ILogger<SqliteOrderJournal>>()), crash));
builder.Services.AddSingleton<IOrderJournalStore>(provider => provider.GetRequiredService<CrashingJournal>());
builder.Services.AddSingleton<IWizardClient>(provider => new CrashingWizardClient(
    new WizardClient(OptionsOf(provider).Wizard,
        provider.GetRequiredService<ILogger<WizardClient>>()), provider.GetRequiredService<CrashingJournal>(), crash));
builder.Services.AddSingleton<IBrokerDialer>(
    provider => new CrashingDialer(new RabbitMqDialer(OptionsOf(provider).Broker, TimeProvider.System), crash));

var app = builder.Build();
app.MapPpvServer();
return await app.RunPpvAsync();

static PpvServerOptions OptionsOf(IServiceProvider provider) => provider.GetRequiredService<IOptions<PpvServerOptions>>().Value;
