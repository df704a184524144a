using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ppv.Hosting.Board.State;
using Ppv.Hosting.Board.Streaming;
using Ppv.Hosting.Board.Views;
using Ppv.Hosting.Figures;
using Ppv.Protocol.Text;
using Ppv.Rpc.Diagnostics;

namespace Ppv.Hosting.Board;

/// <summary>
/// The line board of a program: made when the program has started, or when somebody asks first. Safe for use by several threads.
/// </summary>
internal sealed class LineBoard
{
    private readonly Lazy<BoardBuilder> _builder;

    public LineBoard(IServiceProvider services)
    {
        TimeProvider = services.GetRequiredService<TimeProvider>();
        Logger = PlainLogger.To(services.GetRequiredService<ILoggerFactory>().CreateLogger("Ppv.Hosting.Board"));
        Strangers = new StrangersLog(Logger, TimeProvider);
        _builder = new Lazy<BoardBuilder>(() =>
        {
            var sources = new BoardSources(services);
            var far = new FarFigures(TimeProvider);
            return new BoardBuilder(sources, new BusMembers(sources, new OwnMembers(sources), far), far);
        });
        Broadcast = new BoardBroadcast(() => _builder.Value.BuildAsync(), TimeProvider, Logger);
        var lifetime = services.GetRequiredService<IHostApplicationLifetime>();
        lifetime.ApplicationStarted.Register(() => _ = VerdictWatch.RunAsync(
            () => _builder.Value.LookAsync(), () => Broadcast.Readers > 0, TimeProvider, Logger, lifetime.ApplicationStopping));
        lifetime.ApplicationStopping.Register(Broadcast.End);
    }

    public TimeProvider TimeProvider { get; }

    public PlainLogger Logger { get; }

    public StrangersLog Strangers { get; }

    /// <summary>Those who watch.</summary>
    public BoardBroadcast Broadcast { get; }

    /// <summary>A line's last exchanges; <see langword="null"/> where there is no such line.</summary>
    public BoardLineDetails? Line(int number) => _builder.Value.Line(number);
}
