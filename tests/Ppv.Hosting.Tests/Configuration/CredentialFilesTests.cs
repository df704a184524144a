using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Ppv.Hosting.Tests;

/// <summary>Secrets from files, as systemd's <c>LoadCredential=</c> and containers give them.</summary>
public sealed class CredentialFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("geheim\n", "geheim")]
    [InlineData("geheim", "geheim")]
    [InlineData("geheim\n\n", "geheim\n")]
    [InlineData(" geheim \n", " geheim ")]
    public void One_newline_at_the_end_is_none_of_the_passwords_and_nothing_else_is_taken_off(string written, string password)
    {
        Write(written);
        Options(Worker("CREDENTIALS_DIRECTORY")).Broker.Password.ShouldBe(password);
        Options(Worker("SecretsFolder")).Broker.Password.ShouldBe(password);
    }

    [Fact]
    public void A_secret_wins_over_settings_and_the_old_file_and_loses_against_the_command_line()
    {
        Write("secret");
        var cfg = _folder.File("ppv_srv.cfg");
        File.WriteAllText(cfg, "[RabbitMQ]\npassword=old\nusername=old\n");

        var options = Options(Worker("CREDENTIALS_DIRECTORY", ("cfg", cfg), ("Ppv:Broker:Password", "setting")));
        (options.Broker.Password, options.Broker.UserName).ShouldBe(("secret", "old"));

        Options(Worker("CREDENTIALS_DIRECTORY", "--Ppv:Broker:Password=line")).Broker.Password.ShouldBe("line");
    }

    [Fact]
    public void The_gateway_reads_them_too()
    {
        Write("secret");
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("SecretsFolder", (string?)_folder.File("."))]);
        builder.AddPpvGateway();
        using var services = builder.Services.BuildServiceProvider();
        services.GetRequiredService<IOptions<PpvGatewayOptions>>().Value.Broker.Password.ShouldBe("secret");
    }

    [Fact]
    public void A_folder_that_is_not_there_keeps_the_program_from_starting()
    {
        var builder = Worker("SecretsFolder", ("SecretsFolder", _folder.File("missing")));
        Should.Throw<OptionsValidationException>(() => Options(builder)).Message.ShouldContain("(SecretsFolder) can't be read");
    }

    [Theory]
    [InlineData("SecretFolder")]
    [InlineData("SECRETS_FOLDER")]
    public void A_misspelt_folder_is_a_problem_of_the_start_because_its_keys_would_be_missed(string key)
    {
        var builder = Worker(key, (key, _folder.File(".")));
        Should.Throw<OptionsValidationException>(() => Options(builder)).Message
            .ShouldContain($"{key} is not known; did you mean SecretsFolder?");
    }

    private void Write(string text) => File.WriteAllText(_folder.File("Ppv__Broker__Password"), text);

    private WebApplicationBuilder Worker(string key, params (string Key, string Value)[] settings) => Worker(key, null, settings);

    private WebApplicationBuilder Worker(string key, string? args, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder(args is null ? ["--urls=http://127.0.0.1:0"] : [args]);
        // Where appsettings.json is, below the command line.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = [KeyValuePair.Create(key, (string?)_folder.File("."))],
        });
        builder.Configuration.Sources.Insert(1, new MemoryConfigurationSource
        {
            InitialData = settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)),
        });
        builder.AddPpvServer();
        return builder;
    }

    private static PpvServerOptions Options(WebApplicationBuilder builder)
    {
        using var services = builder.Services.BuildServiceProvider();
        return services.GetRequiredService<IOptions<PpvServerOptions>>().Value;
    }
}
