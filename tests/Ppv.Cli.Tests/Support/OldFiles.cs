namespace Ppv.Cli.Tests;

/// <summary>The old configuration files as production has them (contract §4), with a key that no program reads in each.</summary>
internal static class OldFiles
{
    public const string Password = "s3cret";

    public const string Worker = $"""
        # The worker of Kfs
        [Log_File]
        log_file_name = /var/log/ppv/ppv_srv.log
        maxbytes = 20000000
        backupcount = 5

        [RabbitMQ]
        primary_host = kfs-gax
        backup_host = bs-gax:5673
        vhost = /ppv
        username = ppv
        password = {Password}
        rpc_queue = prod.ppv.kfs
        message_ttl = 30000
        max_retries = 1000
        max_retries_per_server = 2
        debug = 1

        [WizardServer]
        wizard_host = billing
        wizard_port = 2000
        start_port_number = 1
        end_port_number = 30
        port_number_when_no_coonnid = 29
        wizard_max_retries = 45
        wizard_time_out_err_code = ER444
        wizard_invalid_req_from_gvp_err_code = ER998

        """;

    public const string Gateway = $"""
        [Log_File]
        log_file_name = rest_api_gateway.log
        max_bytes = 20000000
        backup_count = 5

        [RabbitMQ]
        primary_host = kfs-gax
        backup_host = bs-gax
        vhost = /ppv
        username = ppv
        password = {Password}
        rpc_queue = prod.ppv.kfs
        message_ttl = 30000
        max_retries = 2000
        max_retries_per_server = 2
        timeout_waiting_for_response =30
        return_err_code_on_timeout=ER995
        return_err_code_on_invalid_req=ER996

        """;
}
