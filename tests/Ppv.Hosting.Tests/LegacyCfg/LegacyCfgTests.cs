using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

/// <summary>Contract §4: the files that are in production work as they are.</summary>
public sealed class LegacyCfgTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ppv-cfg-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_key_of_the_gateways_file_is_mapped()
    {
        using var host = Gateway("""
            # the gateway
            [Log_File]
            log_file_name = /GCTI_Log/RestRPC/rest_api_gateway.log
            max_bytes=1000000
            backup_count=7
            [RabbitMQ]
            primary_host=kfs-gax
            backup_host = bs-gax:5673
            vhost=/other
            username = user
            password=p#a=b;c
            rpc_queue=prod.ppv.bs
            message_ttl=20000
            max_retries=2000
            max_retries_per_server=2
            timeout_waiting_for_response =25
            return_err_code_on_timeout=ER1
            return_err_code_on_invalid_req=ER2
            """);
        var options = host.Services.GetRequiredService<IOptions<PpvGatewayOptions>>().Value;
        options.Broker.Hosts.ShouldBe(["kfs-gax", "bs-gax:5673"]);
        options.Broker.VirtualHost.ShouldBe("/other");
        options.Broker.UserName.ShouldBe("user");
        options.Broker.Password.ShouldBe("p#a=b;c");
        options.Broker.MaxRetries.ShouldBe(2000);
        options.Broker.MaxRetriesPerHost.ShouldBe(2);
        options.Rpc.Queue.ShouldBe("prod.ppv.bs");
        options.Rpc.MessageTtl.ShouldBe(TimeSpan.FromSeconds(20));
        options.Rpc.ReplyTimeout.ShouldBe(TimeSpan.FromSeconds(25));
        options.Gateway.NoAnswerCode.ShouldBe("ER1");
        options.Gateway.InvalidRequestCode.ShouldBe("ER2");
        var log = host.Services.GetRequiredService<IOptions<LogFileOptions>>().Value;
        (log.Path, log.MaxBytes, log.BackupCount).ShouldBe(("/GCTI_Log/RestRPC/rest_api_gateway.log", 1_000_000, 7));
        Notes(host).Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Every_key_of_the_workers_file_is_mapped()
    {
        using var host = Worker("""
            [Log_File]
            log_file_name=ppv_srv.log
            maxbytes=2000000
            backupcount=8
            [RabbitMQ]
            PRIMARY_HOST=kfs-gax
            Backup_Host=bs-gax
            vhost=/ppv
            username=user
            password=pw
            rpc_queue=prod.ppv.bs
            message_ttl=29000
            max_retries=1000
            max_retries_per_server=3
            [WizardServer]
            wizard_host=billing
            wizard_port=2001
            start_port_number=1
            end_port_number=31
            wizard_max_retries=20
            wizard_time_out_err_code=ER3
            wizard_invalid_req_from_gvp_err_code=ER4
            """);
        var options = host.Services.GetRequiredService<IOptions<PpvServerOptions>>().Value;
        options.Broker.Hosts.ShouldBe(["kfs-gax", "bs-gax"]);
        (options.Broker.VirtualHost, options.Broker.UserName, options.Broker.Password).ShouldBe(("/ppv", "user", "pw"));
        (options.Broker.MaxRetries, options.Broker.MaxRetriesPerHost).ShouldBe((1000, 3));
        (options.Rpc.Queue, options.Rpc.MessageTtl).ShouldBe(("prod.ppv.bs", TimeSpan.FromSeconds(29)));
        (options.Wizard.Host, options.Wizard.Port, options.Wizard.MaxConnectRetries).ShouldBe(("billing", 2001, 20));
        (options.Server.FirstLine, options.Server.LastLine, options.Server.NoConnIdLine).ShouldBe((1, 30, null));
        (options.Server.WizardUnavailableCode, options.Server.InvalidOrderCode).ShouldBe(("ER3", "ER4"));
        var log = host.Services.GetRequiredService<IOptions<LogFileOptions>>().Value;
        (log.Path, log.MaxBytes, log.BackupCount).ShouldBe(("ppv_srv.log", 2_000_000, 8));
    }

    [Fact]
    public void Every_other_source_wins_over_the_file()
    {
        using var host = Gateway("[RabbitMQ]\nrpc_queue=from.file\nusername=from.file", "--Ppv:Rpc:Queue=from.arguments");
        var options = host.Services.GetRequiredService<IOptions<PpvGatewayOptions>>().Value;
        options.Rpc.Queue.ShouldBe("from.arguments");
        options.Broker.UserName.ShouldBe("from.file");
    }

    [Fact]
    public void A_time_out_below_the_default_wait_for_a_connection_works()
    {
        using var host = Gateway("[RabbitMQ]\ntimeout_waiting_for_response=5");
        host.Services.GetRequiredService<IOptions<PpvGatewayOptions>>().Value.Rpc.ReplyTimeout.ShouldBe(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Keys_that_are_not_known_are_reported_by_name_without_their_value()
    {
        using var host = Gateway("[DEFAULT]\nstray=1\n[RabbitMQ]\npasword=geheim\n[Other]\nkey=2\nbackup_host=\n");
        _ = host.Services.GetRequiredService<IOptions<PpvGatewayOptions>>().Value;
        var warnings = Notes(host).Warnings;
        warnings.Count.ShouldBe(4);
        foreach (var name in new[] { "2: [DEFAULT] stray", "4: [RabbitMQ] pasword", "6: [Other] key", "7: [Other] backup_host" })
            warnings.ShouldContain($"{_folder}/file.cfg, line {name} is not a key that is known here; it has no effect.");
    }

    [Fact]
    public void A_key_breaks_no_line_that_names_it()
    {
        using var host = Gateway("[RabbitMQ]\na\u001b[2J\u2028\u202eb=1\n");
        Notes(host).Warnings.ShouldHaveSingleItem().ShouldContain("line 2: [RabbitMQ] a?[2j ?b is not");
    }

    [Fact]
    public void A_section_in_another_case_is_another_section_and_said_to_be()
    {
        using var host = Gateway("[rabbitmq]\nvhost=/x");
        host.Services.GetRequiredService<IOptions<PpvGatewayOptions>>().Value.Broker.VirtualHost.ShouldBe("/ppv");
        Notes(host).Warnings.ShouldHaveSingleItem().ShouldBe(
            $"{_folder}/file.cfg, line 2: [rabbitmq] vhost has no effect, as ever: the section must be written [RabbitMQ].");
    }

    [Fact]
    public void A_file_that_makes_use_of_what_Python_knows_is_read_as_by_Python()
    {
        using var host = Worker("""
            [DEFAULT]
            site = kfs
            username: ppv
            [RabbitMQ]
            primary_host = %(site)s-gax
            backup_host = %(other)s-gax
            other = bs
            vhost: /ppv
            password = "p%%w"
            [Log_File]
            max_bytes =
                20_000
            [WizardServer]
            wizard_port : 2001
            """);
        var options = host.Services.GetRequiredService<IOptions<PpvServerOptions>>().Value;
        options.Broker.Hosts.ShouldBe(["kfs-gax", "bs-gax"]);
        (options.Broker.VirtualHost, options.Broker.UserName, options.Broker.Password).ShouldBe(("/ppv", "ppv", "\"p%w\""));
        options.Wizard.Port.ShouldBe(2001);
        host.Services.GetRequiredService<IOptions<LogFileOptions>>().Value.MaxBytes.ShouldBe(20_000);
        Notes(host).Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Modulo", 1, 25, "so that both choose the same line, lines 1 to 25 are used and not 5 to 29")]
    [InlineData("Leased", 5, 29, "lines 5 to 29 are used, while the old worker used 1 to 25")]
    public void Another_start_than_1_gives_Modulo_the_old_workers_lines_and_leases_those_that_are_named(
        string allocation, int first, int last, string warning)
    {
        using var host = Worker("[WizardServer]\nstart_port_number = 5\nend_port_number = 30", "--Ppv:Server:LineAllocation=" + allocation);
        var server = host.Services.GetRequiredService<IOptions<PpvServerOptions>>().Value.Server;
        (server.FirstLine, server.LastLine).ShouldBe((first, last));
        Notes(host).Warnings.ShouldHaveSingleItem().ShouldContain(warning, Case.Insensitive);
    }

    [Fact]
    public void Modulo_chooses_the_old_workers_line_for_every_call()
    {
        using var host = Worker("[WizardServer]\nstart_port_number = 5\nend_port_number = 30", "--Ppv:Server:LineAllocation=Modulo");
        var server = host.Services.GetRequiredService<IOptions<PpvServerOptions>>().Value.Server;
        foreach (var call in new[] { "0127032d64a94732", "0128031c21578752", "0000000000000018", "0000000000000019" })
        {
            var old = (int)(Convert.ToUInt64(call, 16) % (30 - 5)) + 1; // Contract §3.
            LineFormula.LineOf(ConnectionId.Parse(call), new LineRange(server.FirstLine, server.LastLine)).Value.ShouldBe(old);
        }
    }

    [Theory]
    [InlineData("start_port_number = 1", "Modulo", 1, 29)]
    [InlineData("start_port_number = 0", "Modulo", 1, 30)]
    [InlineData("start_port_number = 5", "Modulo", 7, 29, "--Ppv:Server:FirstLine=7")]
    public void What_another_source_says_of_the_lines_stays(string start, string allocation, int first, int last, params string[] args)
    {
        using var host = Worker($"[WizardServer]\n{start}\nend_port_number = 30", ["--Ppv:Server:LineAllocation=" + allocation, .. args]);
        var server = host.Services.GetRequiredService<IOptions<PpvServerOptions>>().Value.Server;
        (server.FirstLine, server.LastLine).ShouldBe((first, last));
    }

    [Fact]
    public void The_line_for_orders_without_connid_stays_without_effect_and_says_so()
    {
        using var host = Worker("[WizardServer]\nport_number_when_no_coonnid=29");
        host.Services.GetRequiredService<IOptions<PpvServerOptions>>().Value.Server.NoConnIdLine.ShouldBeNull();
        Notes(host).Warnings.Single().ShouldContain("[WizardServer] port_number_when_no_coonnid has no effect");
    }

    [Fact]
    public void An_empty_value_is_like_a_missing_key()
    {
        using var host = Gateway("[RabbitMQ]\nprimary_host=kfs\nbackup_host =\nmax_retries=\n");
        var options = host.Services.GetRequiredService<IOptions<PpvGatewayOptions>>().Value;
        options.Broker.Hosts.ShouldBe(["kfs"]);
        options.Broker.MaxRetries.ShouldBeNull();
    }

    [Theory]
    [InlineData("[RabbitMQ]\nmax_retries=many", "file.cfg, line 2: [RabbitMQ] max_retries must be a whole number.")]
    [InlineData("[RabbitMQ]\nmessage_ttl=99999999999", "file.cfg, line 2: [RabbitMQ] message_ttl must be a whole number.")]
    [InlineData("[RabbitMQ]\nmax_retries=3\n password=geheim", "file.cfg, line 2: [RabbitMQ] max_retries must be a whole number.")]
    [InlineData("[RabbitMQ]\nusername=x\n password=geheim", "file.cfg, line 2: [RabbitMQ] username goes on in the indented lines below "
        + "it, and must be one line. "
        + "If those are keys of their own, take away the spaces before them.")]
    [InlineData("[RabbitMQ]\npassword=geheim%", "file.cfg, line 2: [RabbitMQ] password can't be used: a percent sign must be doubled, "
        + "%%, unless it begins a reference to another key, %(key)s.")]
    [InlineData(
        "[DEFAULT]\np=geheim%\n[RabbitMQ]\npassword=%(p)s", "file.cfg, line 4: [RabbitMQ] password can't be used because of line 2: "
        + "a percent sign must be doubled, %%, unless it begins a reference to another key, %(key)s.")]
    [InlineData("[RabbitMQ]\npassword geheim", "file.cfg (--cfg), line 2: this is neither [section], nor key = value, nor a comment, "
        + "which begins with # or ;.")]
    [InlineData(
        "password=geheim", "file.cfg (--cfg), line 1: this stands above the first [section]. Move it below the header of its section.")]
    [InlineData("[RabbitMQ]\npassword=geheim\nPassword=geheim2", "file.cfg (--cfg), line 3: this key stands in line 2 of the same "
        + "section already. Keep one of them.")]
    [InlineData("[WizardServer]\nwizard_host=x", "is a worker's: it has the section [WizardServer]. Give the gateway its own, "
        + "rest_api_gateway.cfg.")]
    public void What_can_not_be_used_fails_the_start_without_quoting_the_password(string content, string message)
    {
        using var host = Gateway(content);
        var failure = Should.Throw<OptionsValidationException>(
            () => host.Services.GetRequiredService<IStartupValidator>().Validate()).Failures.ShouldHaveSingleItem();
        failure.ShouldEndWith(message);
        failure.ShouldNotContain("geheim");
    }

    [Fact]
    public void Every_bad_value_is_reported_at_once()
    {
        using var host = Gateway("[RabbitMQ]\nmax_retries=many\nmessage_ttl=long");
        Should.Throw<OptionsValidationException>(
            () => host.Services.GetRequiredService<IStartupValidator>().Validate()).Failures.Count().ShouldBe(2);
    }

    [Fact]
    public void A_worker_refuses_a_gateways_file()
    {
        using var host = Worker("[RabbitMQ]\nrpc_queue=q\ntimeout_waiting_for_response =30");
        Should.Throw<OptionsValidationException>(() => host.Services.GetRequiredService<IStartupValidator>().Validate()).Failures.Single()
            .ShouldEndWith("is a gateway's: it has [RabbitMQ] timeout_waiting_for_response, and no section [WizardServer]. Give the "
            + "worker its own, ppv_srv.cfg.");
    }

    [Fact]
    public void A_file_that_is_not_there_fails_the_start()
    {
        var builder = Host.CreateApplicationBuilder([$"--cfg={_folder}/none.cfg"]);
        builder.AddPpvGateway();
        using var host = builder.Build();
        Should.Throw<OptionsValidationException>(() => host.Services.GetRequiredService<IStartupValidator>().Validate()).Failures.Single()
            .ShouldStartWith($"The file {_folder}/none.cfg (--cfg) can't be read: ");
    }

    private static StartupFindings Notes(IHost host) => host.Services.GetRequiredService<StartupFindings>();

    private IHost Gateway(string content, params string[] args) => Build(content, args, builder => builder.AddPpvGateway());

    private IHost Worker(string content, params string[] args) => Build(content, args, builder => builder.AddPpvServer());

    private IHost Build(string content, string[] args, Action<IHostApplicationBuilder> add)
    {
        var path = Path.Combine(_folder, "file.cfg");
        File.WriteAllText(path, content);
        var builder = Host.CreateApplicationBuilder(["--cfg", path, .. args]);
        add(builder);
        // The file names log files of the old system's machine.
        foreach (var provider in builder.Services.Where(
            s => s.ServiceType == typeof(Microsoft.Extensions.Logging.ILoggerProvider)).ToList())
            builder.Services.Remove(provider);
        return builder.Build();
    }
}
