using Microsoft.AspNetCore.Http;

namespace Ppv.Hosting.Security;

/// <summary>How an endpoint tells callers that they were turned away before it saw the request; among its metadata.</summary>
internal interface IRefusalForm
{
    Task WriteAsync(HttpContext context, int status, string reason);
}
