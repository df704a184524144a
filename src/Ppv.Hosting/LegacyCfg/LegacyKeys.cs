namespace Ppv.Hosting.LegacyCfg;

/// <summary>Every key of the two files (contract §4).</summary>
internal static class LegacyKeys
{
    public const string WizardSection = "WizardServer";
    public const string PrimaryHost = "Ppv:Broker:Hosts:0", BackupHost = "Ppv:Broker:Hosts:1";

    private static readonly LegacyKey[] Common =
    [
        new("Log_File", "log_file_name", "Ppv:LogFile:Path"),
        new("Log_File", "max_bytes", "Ppv:LogFile:MaxBytes", LegacyForm.Number),
        new("Log_File", "maxbytes", "Ppv:LogFile:MaxBytes", LegacyForm.Number),
        new("Log_File", "backup_count", "Ppv:LogFile:BackupCount", LegacyForm.Number),
        new("Log_File", "backupcount", "Ppv:LogFile:BackupCount", LegacyForm.Number),
        new("RabbitMQ", "primary_host", PrimaryHost),
        new("RabbitMQ", "backup_host", BackupHost),
        new("RabbitMQ", "vhost", "Ppv:Broker:VirtualHost"),
        new("RabbitMQ", "username", "Ppv:Broker:UserName"),
        new("RabbitMQ", "password", "Ppv:Broker:Password"),
        new("RabbitMQ", "rpc_queue", "Ppv:Rpc:Queue"),
        new("RabbitMQ", "message_ttl", "Ppv:Rpc:MessageTtl", LegacyForm.Milliseconds),
        new("RabbitMQ", "max_retries", "Ppv:Broker:MaxRetries", LegacyForm.Number),
        new("RabbitMQ", "max_retries_per_server", "Ppv:Broker:MaxRetriesPerHost", LegacyForm.Number),
    ];

    /// <summary>The keys that only a gateway's file has.</summary>
    public static readonly IReadOnlyList<LegacyKey> GatewayOnly =
    [
        new("RabbitMQ", "timeout_waiting_for_response", "Ppv:Rpc:ReplyTimeout", LegacyForm.Seconds),
        new("RabbitMQ", "return_err_code_on_timeout", "Ppv:Gateway:NoAnswerCode"),
        new("RabbitMQ", "return_err_code_on_invalid_req", "Ppv:Gateway:InvalidRequestCode"),
    ];

    private static readonly LegacyKey[] WorkerOnly =
    [
        new(WizardSection, "wizard_host", "Ppv:Wizard:Host"),
        new(WizardSection, "wizard_port", "Ppv:Wizard:Port", LegacyForm.Number),
        new(WizardSection, "start_port_number", "Ppv:Server:FirstLine", LegacyForm.Number),
        new(WizardSection, "end_port_number", "Ppv:Server:LastLine", LegacyForm.EndLine),
        new(WizardSection, "port_number_when_no_coonnid", "Ppv:Server:NoConnIdLine", LegacyForm.WithoutEffect),
        new(WizardSection, "wizard_max_retries", "Ppv:Wizard:MaxConnectRetries", LegacyForm.Number),
        new(WizardSection, "wizard_time_out_err_code", "Ppv:Server:WizardUnavailableCode"),
        new(WizardSection, "wizard_invalid_req_from_gvp_err_code", "Ppv:Server:InvalidOrderCode"),
    ];

    public static IEnumerable<LegacyKey> Of(LegacyRole role) => Common.Concat(role == LegacyRole.Gateway ? GatewayOnly : WorkerOnly);
}
