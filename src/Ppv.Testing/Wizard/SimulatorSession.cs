using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Ppv.Protocol;
using Ppv.Protocol.Wizard.Codec;

namespace Ppv.Testing.Wizard;

/// <summary>One connection to the simulator: commands one after another, in whatever pieces they come.</summary>
internal sealed class SimulatorSession(
    Socket socket, WizardSimulator simulator, TimeProvider timeProvider, CancellationToken cancellationToken)
{
    /// <summary>Serves until the client leaves, the connection breaks, or the simulator's token ends it.</summary>
    public async Task RunAsync()
    {
        using (socket)
        {
            var reader = PipeReader.Create(new NetworkStream(socket));
            try
            {
                while (await ServeReceivedAsync(reader).ConfigureAwait(false))
                {
                    // One round for each piece that came.
                }
            }
            catch (Exception exception) when (
                exception is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // The client left or the simulator stops: either way the session is over.
            }
            finally
            {
                await reader.CompleteAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<bool> ServeReceivedAsync(PipeReader reader)
    {
        var received = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        var buffer = received.Buffer;
        while (RequestReader.TryReadFrame(ref buffer, out var frame))
        {
            if (!await AnswerAsync(frame.ToArray()).ConfigureAwait(false)) return false;
        }
        reader.AdvanceTo(buffer.Start, buffer.End);
        return !received.IsCompleted && buffer.Length <= RequestReader.MaxLength;
    }

    /// <summary>Whether the connection goes on.</summary>
    private async Task<bool> AnswerAsync(byte[] frame)
    {
        var command = RequestReader.Parse(frame, out var line);
        var request = new WizardSimulatorRequest(line, command, TextOf(frame), frame, timeProvider.GetUtcNow());
        var behavior = simulator.Accept(request);
        if (behavior.ResetBeforeBooking) return Reset(new WizardSimulatorAnswer(request, default, null));

        var delay = simulator.DelayOf(behavior);
        if (behavior.ExecuteLate) await DelayAsync(delay).ConfigureAwait(false);
        var (text, purchase) = behavior.ReplyText is null or ResultCodes.Ok
            ? simulator.Memory.Execute(line, command)
            : (behavior.ReplyText, null);
        if (!behavior.ExecuteLate) await DelayAsync(delay).ConfigureAwait(false);

        if (behavior.ResetAfterBooking) return Reset(new WizardSimulatorAnswer(request, default, purchase));
        // Without a line there is none to answer on.
        var isSilent = behavior.Stall || line == default;
        var answer = isSilent ? [] : AnswerBytes(behavior, line, text);
        simulator.Handled(new WizardSimulatorAnswer(request, answer, purchase));
        await SendAsync(answer, behavior.SplitReply).ConfigureAwait(false);
        return line != default;
    }

    private Task DelayAsync(TimeSpan delay) =>
        delay > TimeSpan.Zero ? Task.Delay(delay, timeProvider, cancellationToken) : Task.CompletedTask;

    private async Task SendAsync(ReadOnlyMemory<byte> answer, bool isSplit)
    {
        var step = isSplit ? 1 : Math.Max(answer.Length, 1);
        for (var sent = 0; sent < answer.Length; sent += step)
            await socket.SendAsync(answer.Slice(sent, step), cancellationToken).ConfigureAwait(false);
    }

    private bool Reset(WizardSimulatorAnswer answer)
    {
        simulator.Handled(answer);
        // Closing without lingering makes the system send RST instead of FIN.
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
        return false;
    }

    private static byte[] AnswerBytes(WizardBehavior behavior, LineNumber line, string text)
    {
        if (!behavior.Garbage.IsEmpty) return behavior.Garbage.ToArray();
        var named = !behavior.WrongLine ? line : new LineNumber(line.Value == LineNumber.Max ? LineNumber.Min : line.Value + 1);
        return Encoding.Latin1.GetBytes($"H{named}{text}\r");
    }

    private static string TextOf(ReadOnlySpan<byte> frame)
    {
        var payload = frame[Math.Min(1 + LineDigits.Length, frame.Length - 1)..^1].TrimEnd((byte)' ');
        return string.Create(payload.Length, payload, static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++) target[i] = source[i] is >= 0x20 and < 0x7F ? (char)source[i] : '?';
        });
    }
}
