// A shop that sells pay-per-view. What is special about it stands in Checkout.cs; all else is an ordinary web application.
// Whoever can sign in may charge a subscriber, and the sample's passwords are known to all: put accounts of your own in their place before
// others than you reach it (appsettings.json: Urls, AllowedHosts, Shop:Customers).
using Microsoft.Extensions.Options;
using Ppv.Samples.Embedding;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddPpvClient(builder.Configuration.GetSection("Ppv"));
builder.Services.AddHealthChecks().AddPpvClient();
builder.Services.AddProblemDetails();
builder.Services.AddOptions<ShopOptions>().BindConfiguration("Shop").ValidateDataAnnotations().ValidateOnStart();
builder.Services.AddSignIn();
builder.Services.AddSingleton(provider => new CartStore(
    provider.GetRequiredService<IOptions<ShopOptions>>().Value.Database ?? Path.Combine(AppContext.BaseDirectory, "shop.db")));
builder.Services.AddSingleton<Checkout>();

var app = builder.Build();
_ = app.Services.GetRequiredService<CartStore>(); // A shop that can't remember its carts must not sell.
app.UseExceptionHandler();
app.UseStatusCodePages();
app.UseDefaultFiles();
app.UseStaticFiles();
app.UseAuthentication();
app.UseAuthorization();
app.MapHealthChecks("/health");
app.MapSignIn();
app.MapPurchases();
app.Run();
