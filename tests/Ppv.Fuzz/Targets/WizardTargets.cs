using Microsoft.Extensions.Logging;
using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Ppv.Fuzz.Engine;
using Ppv.Fuzz.Support;
using Ppv.Protocol;
using Ppv.Protocol.Wizard.Codec;

namespace Ppv.Fuzz.Targets;

/// <summary>What Wizard answers: its reader, and the whole client on a socket.</summary>
internal static class WizardTargets
{
    private static readonly IReadOnlyList<string> Dictionary =
        ["H016", "H016OK\r", "H016ER101\r", "H017OK\r", "H000", "\r", "\r\n", "OK", "ER", "A016UP\r", "H"];

    private static readonly LineNumber Line = new(16);

    /// <summary>The same answer is found in whatever pieces it came.</summary>
    public static FuzzTarget Reader(Watch watch) => FuzzTarget.Of("wizard-answer", Dictionary, (input, watch) =>
    {
        var whole = Read(new ReadOnlySequence<byte>(input));
        watch.Saw($"{whole.Status} {whole.Text is "OK"}");
        for (var at = 1; at < Math.Min(input.Length, 64); at++)
            Watch.Ensure(Read(Pieces(input, at)) == whole, $"An answer in pieces is the same, also when it is cut at byte {at}.");
        for (var length = 0; length < Math.Min(input.Length, 64); length++)
        {
            var begun = Read(new ReadOnlySequence<byte>(input, 0, length));
            Watch.Ensure(begun.Status == ReplyStatus.NeedsMore || begun == whole, "More bytes don't change what was found.");
        }

        if (whole.Status != ReplyStatus.Complete) return;
        Watch.Ensure(Watch.IsOneLine(whole.Text!), $"An answer's text is printable: {Watch.Visible(whole.Text!)}");
        Watch.Ensure(whole.Length == whole.Text!.Length + 5 && input[whole.Length - 1] == '\r', "An answer ends at its return.");
    }) with
    {
        FreeBytes = 1024 * 1024, // 128 readings.
    };

    /// <summary>
    /// A stub sends the bytes in pieces and closes the connection. The client has an answer or says why not, and has sent one command.
    /// </summary>
    public static FuzzTarget Client(Watch watch)
    {
        var stub = new Stub();
        var options = new WizardOptions { Host = "127.0.0.1", Port = stub.Port, MaxConnectRetries = 0 };
        var client = new WizardClient(options, new Logger<WizardClient>(watch));
        return new FuzzTarget("wizard-client", Dictionary, async (input, watch) =>
        {
            var isConfirm = input.Length % 3 == 0;
            var serving = stub.ServeAsync(input);
            var command = isConfirm ? PpvCommand.Confirm : PpvCommand.Event("1569885");
            string? text = null;
            try
            {
                text = (await client.SendAsync(new WizardRequest(Line, command, DateTimeOffset.MaxValue))).Text;
            }
            catch (WizardException e)
            {
                Watch.Ensure(Watch.IsOneLine(e.Message), $"A failure is one line of printable text: {Watch.Visible(e.Message)}");
                Watch.Ensure(e.Failure == WizardFailure.MaybeSent, $"What was sent is never said to be not sent: {e.Message}");
                watch.Saw(e.Message);
            }

            Orders.Framed(await serving, isConfirm, Line.Value);
            var read = Read(new ReadOnlySequence<byte>(input));
            Watch.Ensure(text == read.Text, "The client says what the reader says.");
        })
        {
            FreeBytes = 1024 * 1024,
            Owned = new Both(client, stub),
        };
    }

    private static (ReplyStatus Status, string? Text, int Length) Read(ReadOnlySequence<byte> bytes) =>
        (ReplyReader.Read(bytes, Line, out var text, out var length), text, length);

    private static ReadOnlySequence<byte> Pieces(byte[] input, int at)
    {
        var first = new Piece(input.AsMemory(0, at), 0);
        var last = first.Append(input.AsMemory(at));
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }

    /// <summary>Stands in Wizard's place for one connection at a time.</summary>
    private sealed class Stub : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public Stub() => _listener.Start();

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        /// <returns>What came until the client had closed the connection.</returns>
        public async Task<byte[]> ServeAsync(byte[] answer)
        {
            using var socket = await _listener.AcceptSocketAsync();
            socket.NoDelay = true;
            var received = new byte[64];
            var length = await socket.ReceiveAsync(received);
            try
            {
                var size = Math.Max(1, answer.Length / 3);
                for (var at = 0; at < answer.Length; at += size)
                    await socket.SendAsync(answer.AsMemory(at, Math.Min(size, answer.Length - at)));
                socket.Shutdown(SocketShutdown.Send);
                while (await socket.ReceiveAsync(received.AsMemory(length)) is > 0 and var more) length += more;
            }
            catch (SocketException)
            {
                // The client has closed it before it had all.
            }

            return received[..length];
        }

        public ValueTask DisposeAsync()
        {
            _listener.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Both(IAsyncDisposable one, IAsyncDisposable other) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await one.DisposeAsync();
            await other.DisposeAsync();
        }
    }
}
