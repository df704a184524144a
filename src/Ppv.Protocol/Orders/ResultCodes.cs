namespace Ppv.Protocol;

/// <summary>What stands in <c>callresult</c> when it was not Wizard who spoke, and Wizard's word for yes (contract §1).</summary>
public static class ResultCodes
{
    /// <summary>Wizard's own answer to a command it took: <c>OK</c>.</summary>
    public const string Ok = "OK";

    /// <summary>Said by the gateway: there was no answer in time. Legacy key <c>return_err_code_on_timeout</c>.</summary>
    public const string NoAnswer = "ER995";

    /// <summary>Said by the gateway: the request can't be understood. Legacy key <c>return_err_code_on_invalid_req</c>.</summary>
    public const string InvalidRequest = "ER996";

    /// <summary>Said by the worker: Wizard could not be reached or did not answer. Legacy key <c>wizard_time_out_err_code</c>.</summary>
    public const string WizardUnavailable = "ER444";

    /// <summary>Said by the worker: the order on the queue is invalid. Legacy key <c>wizard_invalid_req_from_gvp_err_code</c>.</summary>
    public const string InvalidOrder = "ER998";
}
