using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Ppv.Protocol;
using Ppv.Protocol.Text;
using Ppv.Rpc;
using Ppv.Rpc.Diagnostics;

namespace Ppv.Hosting.Tests;

/// <summary>Nothing is logged but through what makes it fit to be shown.</summary>
public class PlainLogTests
{
    private static readonly Assembly[] Packages =
        [typeof(PpvServerOptions).Assembly, typeof(RpcClient).Assembly, typeof(PpvOrder).Assembly];

    private static readonly BindingFlags All =
        BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    [Fact]
    public void Every_log_event_takes_a_logger_that_writes_plain_text_only()
    {
        var events = (from package in Packages
                      from type in package.GetTypes()
                      from method in type.GetMethods(All)
                      where method.GetCustomAttribute<LoggerMessageAttribute>() is not null
                      select method).ToList();
        events.Count.ShouldBeGreaterThan(100);
        events.Where(method => method.GetParameters() is not [var first, ..] || !IsPlain(first.ParameterType))
            .Select(method => $"{method.DeclaringType!.Name}.{method.Name}")
            .ShouldBeEmpty("Let the event's first parameter be a PlainLogger: what strangers write must not forge a line.");
    }

    /// <summary>The one for events of strangers writes to a plain one only.</summary>
    private static bool IsPlain(Type logger) => typeof(PlainLogger).IsAssignableFrom(logger) || logger == typeof(StrangersLog);

    /// <summary>A logger that is kept nowhere is no field; but who writes to it by hand calls these.</summary>
    [Fact]
    public void Nobody_writes_to_a_logger_but_by_a_log_event()
    {
        Packages.SelectMany(ReferredTypes).ShouldContain("Microsoft.Extensions.Logging.ILogger");
        Packages.SelectMany(ReferredTypes)
            .ShouldNotContain("Microsoft.Extensions.Logging.LoggerExtensions", "Write a log event that takes a PlainLogger.");
    }

    private static IReadOnlyList<string> ReferredTypes(Assembly package)
    {
        using var file = new PEReader(File.OpenRead(package.Location));
        var metadata = file.GetMetadataReader();
        return [.. metadata.TypeReferences.Select(metadata.GetTypeReference)
            .Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}")];
    }

    [Fact]
    public void Nobody_keeps_another_logger()
    {
        var loggers = from package in Packages
                      from type in package.GetTypes()
                      where type.GetCustomAttribute<CompilerGeneratedAttribute>() is null
                      from field in type.GetFields(All)
                      where typeof(ILogger).IsAssignableFrom(field.FieldType) && !IsPlain(field.FieldType)
                      select type;
        string[] theirWay = ["OwnLogger", "PlainLogger"];
        loggers.Select(type => type.Name).Distinct().Except(theirWay)
            .ShouldBeEmpty("Keep a PlainLogger: any other one writes what strangers send as it is.");
    }
}
