namespace Ppv.Hosting.Tests;

/// <summary>What happens to a worker between what a call has named and its confirm.</summary>
public enum Between
{
    Nothing,
    Restart,
    HandOver,
}
