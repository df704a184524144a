namespace Ppv.Tests;

/// <summary>
/// When a test that waits for something says that it hangs. Far beyond what anything takes on a machine with more to do than it can: only
/// a test that fails waits so long.
/// </summary>
public static class Hang
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
}
