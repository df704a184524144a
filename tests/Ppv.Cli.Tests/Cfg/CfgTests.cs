using System.Text.Json;
using Ppv.Hosting;
using Ppv.Hosting.LegacyCfg;
using Ppv.Hosting.Running;
using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Settings;

namespace Ppv.Cli.Tests;

public sealed class CfgTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ppv-cfg-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Each_key_is_shown_with_what_it_became_and_those_without_effect_or_at_odds_are_named()
    {
        var run = await InProcess.RunAsync("cfg", "check", Written("ppv_srv.cfg", OldFiles.Worker));
        run.ExitCode.ShouldBe(ExitCodes.Ok, run.Output + run.Error);
        run.Output.ShouldContain("is a worker's");
        run.Output.ShouldMatch(@"\n8 +\[RabbitMQ\] primary_host +Ppv:Broker:Hosts:0 +kfs-gax\n");
        run.Output.ShouldMatch(@"\n23 +\[WizardServer\] end_port_number +Ppv:Server:LastLine +29\n");
        run.Output.ShouldMatch(@"warning .*, line 17: \[RabbitMQ\] debug is not a key that is known here");
        run.Output.ShouldMatch(@"warning .*port_number_when_no_coonnid has no effect");
        run.Output.ShouldMatch(@"warning .*MaxConnectRetries.*\(In the file: .*message_ttl, line 14; .*wizard_max_retries, line 25\.\)");
    }

    [Fact]
    public async Task A_password_is_masked_in_both_forms()
    {
        var file = Written("rest_api_gateway.cfg", OldFiles.Gateway);
        foreach (var run in new[] { await InProcess.RunAsync("cfg", "check", file), await InProcess.RunAsync(
            "cfg", "check", file, "--json") })
        {
            run.ExitCode.ShouldBe(ExitCodes.Ok);
            run.Output.ShouldNotContain(OldFiles.Password);
            run.Output.ShouldContain("****");
        }
    }

    [Fact]
    public async Task What_the_start_of_a_program_would_refuse_is_found_here()
    {
        var file = Written("ppv_srv.cfg", OldFiles.Worker.Replace("wizard_port = 2000", "wizard_port = 200000"));
        var run = await InProcess.RunAsync("cfg", "check", file);
        run.ExitCode.ShouldBe(ExitCodes.NotOk);
        run.Output.ShouldMatch(@"problem .*Ppv:Wizard:Port is 200000;.*\(In the file: \[WizardServer\] wizard_port, line 21.\)");
        (await InProcess.RunAsync("cfg", "convert", file)).Output.ShouldBeEmpty();
    }

    /// <summary>Whatever is in the old file, a program that is started with the new one is configured alike.</summary>
    [Theory]
    [InlineData("ppv_srv.cfg", OldFiles.Worker)]
    [InlineData("rest_api_gateway.cfg", OldFiles.Gateway)]
    [InlineData("ppv_srv.cfg", "[WizardServer]\nwizard_host=b\nstart_port_number=101\nend_port_number=130\n[RabbitMQ]\nbackup_host=only\n")]
    [InlineData("ppv_srv.cfg", "[RabbitMQ]\nbackup_host=second\nprimary_host=first\n[WizardServer]\nwizard_host=b\nend_port_number=30\n")]
    [InlineData("ppv_srv.cfg", "[WizardServer]\nwizard_host=b\nstart_port_number=5\nend_port_number=30\n[RabbitMQ]\nprimary_host=a\n")]
    public async Task A_converted_file_configures_the_program_as_the_old_one_does(string name, string text)
    {
        var (old, converted) = (Written(name, text), Path.Combine(_folder.FullName, "appsettings.json"));
        var run = await InProcess.RunAsync("cfg", "convert", old, "-o", converted, "--with-password");
        run.ExitCode.ShouldBe(ExitCodes.Ok, run.Error);

        var role = name == "ppv_srv.cfg" ? LegacyRole.Worker : LegacyRole.Gateway;
        ProgramSettings.RoleOf(converted).ShouldBe(role);
        Text(ProgramSettings.Load(role, appSettings: converted)).ShouldBe(Text(ProgramSettings.Load(role, old)));

        static string Text(ProgramSettings settings) =>
            JsonSerializer.Serialize(settings with { Warnings = [] }, CliJson.Options);
    }

    [Fact]
    public async Task A_file_that_takes_the_place_of_one_is_its_owners_only()
    {
        if (OperatingSystem.IsWindows()) return;
        var (old, converted) = (Written("ppv_srv.cfg", OldFiles.Worker), Written("appsettings.json", "{}"));
        File.SetUnixFileMode(converted, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        (await InProcess.RunAsync("cfg", "convert", old, "-o", converted, "--with-password")).ExitCode.ShouldBe(ExitCodes.BadArguments);
        (await File.ReadAllTextAsync(converted)).ShouldBe("{}");

        (await InProcess.RunAsync("cfg", "convert", old, "-o", converted, "--with-password", "--force")).ExitCode.ShouldBe(ExitCodes.Ok);

        (await File.ReadAllTextAsync(converted)).ShouldContain(OldFiles.Password);
        File.GetUnixFileMode(converted).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(_folder.FullName).Length.ShouldBe(2);
    }

    [Fact]
    public async Task The_password_is_left_out_unless_it_is_asked_for_and_it_is_said_where_it_belongs()
    {
        var file = Written("ppv_srv.cfg", OldFiles.Worker);
        var without = await InProcess.RunAsync("cfg", "convert", file);
        without.ExitCode.ShouldBe(ExitCodes.Ok);
        (without.Output + without.Error).ShouldNotContain(OldFiles.Password);
        without.Error.ShouldContain("Ppv__Broker__Password");

        var with = await InProcess.RunAsync("cfg", "convert", "--with-password", file);
        with.Output.ShouldContain($"\"Password\": \"{OldFiles.Password}\"");
        with.Error.ShouldContain("in clear");
        with.Error.ShouldNotContain(OldFiles.Password);
    }

    [Fact]
    public async Task A_file_that_is_there_is_only_replaced_by_force_and_a_new_one_is_its_owners()
    {
        var (file, target) = (Written("ppv_srv.cfg", OldFiles.Worker), Path.Combine(_folder.FullName, "new.json"));
        await File.WriteAllTextAsync(target, "mine", TestContext.Current.CancellationToken);
        var refused = await InProcess.RunAsync("cfg", "convert", file, "-o", target);
        refused.ExitCode.ShouldBe(ExitCodes.BadArguments);
        refused.Error.ShouldContain("--force");
        (await File.ReadAllTextAsync(target, TestContext.Current.CancellationToken)).ShouldBe("mine");

        (await InProcess.RunAsync("cfg", "convert", file, "-o", target, "--force")).ExitCode.ShouldBe(ExitCodes.Ok);
        (await File.ReadAllTextAsync(target, TestContext.Current.CancellationToken)).ShouldContain("\"LastLine\": 29");
        File.Delete(target);
        await InProcess.RunAsync("cfg", "convert", file, "-o", target);
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(target).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Whose_file_it_is_can_be_said_where_it_can_not_be_told()
    {
        var file = Written("some.cfg", "[RabbitMQ]\nprimary_host=a\n");
        var run = await InProcess.RunAsync("cfg", "check", file);
        run.ExitCode.ShouldBe(ExitCodes.BadArguments);
        run.Error.ShouldContain("--role");
        (await InProcess.RunAsync("cfg", "check", file, "--role", "gateway")).ExitCode.ShouldBe(ExitCodes.Ok);
        var wrong = await InProcess.RunAsync("cfg", "check", "--role", "gateway", Written("ppv_srv.cfg", OldFiles.Worker));
        wrong.ExitCode.ShouldBe(ExitCodes.NotOk);
        wrong.Output.ShouldContain("is a worker's: it has the section [WizardServer]");
    }

    [Theory]
    [InlineData("can't be read", null)]
    [InlineData("line 2: there is no key before the = or :", "[RabbitMQ]\n= x\n")]
    public async Task A_file_that_can_not_be_read_is_told_in_a_sentence(string told, string? text)
    {
        var run = await InProcess.RunAsync(
            "cfg", "check", text is null ? Path.Combine(_folder.FullName, "none.cfg") : Written("a.cfg", text));
        run.ExitCode.ShouldBe(ExitCodes.BadArguments);
        run.Error.ShouldContain(told);
        run.Error.ShouldNotContain("--cfg)");
    }

    [Fact]
    public async Task It_runs_with_pipes_and_on_a_terminal()
    {
        var file = Written("ppv_srv.cfg", OldFiles.Worker);
        (await Tool.RunAsync("cfg", "check", file)).Output.ShouldContain("Ppv:Wizard:Host");
        (await Tool.RunAsync("cfg", "convert", file)).Output.ShouldContain("\"VirtualHost\": \"/ppv\"");
        var shown = await Tool.RunOnTerminalAsync(null, "cfg", "check", file);
        shown.ExitCode.ShouldBe(ExitCodes.Ok);
        shown.Output.ShouldContain("Ppv:Wizard:Host");
        shown.Output.ShouldNotContain(OldFiles.Password);
    }

    private string Written(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
