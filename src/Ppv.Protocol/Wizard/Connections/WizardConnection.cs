using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Ppv.Protocol.Text;
using Ppv.Protocol.Wizard.Codec;

namespace Ppv.Protocol.Wizard.Connections;

/// <summary>One connection to Wizard: a command goes out, its answer comes in. Not for two commands at a time.</summary>
internal sealed class WizardConnection : IDisposable
{
    // A peer that is gone, or a way that forgot the connection, is noticed within KeepAliveTime + KeepAliveRetries * KeepAliveInterval = 25
    // s instead of 2 h; and a firewall that counts traffic does not forget a connection on which an answer is waited for.
    internal const int KeepAliveTimeSeconds = 10, KeepAliveIntervalSeconds = 5, KeepAliveRetries = 3;

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly PipeReader _reader;
    private readonly ArrayBufferWriter<byte> _request = new(RequestWriter.MaxLength);

    private WizardConnection(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reader = PipeReader.Create(_stream, new StreamPipeReaderOptions(leaveOpen: true));
    }

    /// <summary>Takes a connected socket over, and turns keep-alive on.</summary>
    /// <exception cref="SocketException">It is not connected any more.</exception>
    public static WizardConnection Over(Socket socket)
    {
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveTimeSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveIntervalSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveRetries);
            return new WizardConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whether every command so far was answered by exactly one answer. If not, what comes next can't be told apart.</summary>
    public bool IsInStep { get; private set; } = true;

    /// <summary>Whether an idle connection can take a command: in step, not closed by Wizard, nothing unexpected received.</summary>
    public bool IsUsable => IsInStep && !_socket.Poll(TimeSpan.Zero, SelectMode.SelectRead);

    /// <summary>Hands a command to the network. Whatever fails from here on, Wizard may have it.</summary>
    public async Task SendAsync(LineNumber line, PpvCommand command, CancellationToken cancellationToken)
    {
        IsInStep = false;
        _request.ResetWrittenCount();
        RequestWriter.Write(_request, line, command);
        await _stream.WriteAsync(_request.WrittenMemory, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits for the answer to the command just sent.</summary>
    /// <exception cref="WizardException">Wizard ended the connection, or what it said is no answer for this line.</exception>
    public async Task<string> ReceiveAsync(LineNumber line, CancellationToken cancellationToken)
    {
        while (true)
        {
            var received = await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            var status = ReplyReader.Read(received.Buffer, line, out var text, out var length);
            if (status == ReplyStatus.Complete)
            {
                IsInStep = received.Buffer.Length == length;
                _reader.AdvanceTo(received.Buffer.GetPosition(length));
                return text!;
            }
            if (status != ReplyStatus.NeedsMore || received.IsCompleted) throw NoAnswer(status, received.Buffer, line);
            _reader.AdvanceTo(received.Buffer.Start, received.Buffer.End);
        }
    }

    public void Dispose()
    {
        _reader.Complete();
        _stream.Dispose();
    }

    private static WizardException NoAnswer(ReplyStatus status, in ReadOnlySequence<byte> received, LineNumber line) =>
        new(WizardFailure.MaybeSent, status switch
    {
        ReplyStatus.NeedsMore when received.IsEmpty =>
            $"Wizard closed the connection of line {line} before any answer; it may have executed the command.",
        ReplyStatus.NeedsMore =>
            $"Wizard ended the connection of line {line} in the middle of its answer, after {received.Length} bytes: "
                + $"'{Excerpt.Of(received)}'.",
        ReplyStatus.TooLong =>
            $"Wizard's answer on line {line} has no end within {ReplyReader.MaxLength} bytes; it begins with '{Excerpt.Of(received)}'.",
        ReplyStatus.WrongLine =>
            $"Wizard's answer is for another line than {line}: '{Excerpt.Of(received)}'.",
        _ =>
            $"What Wizard sent on line {line} is no answer: '{Excerpt.Of(received)}'; something like H{line}OK is expected.",
    });
}
