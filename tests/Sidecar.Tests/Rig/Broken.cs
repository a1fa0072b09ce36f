using System.Net;
using System.Net.Sockets;
using System.Text;

namespace McpAspire.Sidecar.Tests.Rig;

/// <summary>Makes broken texts of good ones, and sends what no HTTP client would.</summary>
internal static class Broken
{
    /// <summary>One to three changes at random places.</summary>
    /// <param name="text">A good one.</param>
    /// <param name="random">With a fixed seed, so that a failure comes again.</param>
    /// <param name="signs">Characters to put in that mean something.</param>
    /// <param name="more">Further kinds of changes, beside those that every text gets.</param>
    public static string Mutate(string text, Random random, string signs, params ReadOnlySpan<Action<StringBuilder, int>> more)
    {
        var builder = new StringBuilder(text);
        for (var change = random.Next(1, 4); change > 0 && builder.Length > 0; change--)
        {
            var at = random.Next(builder.Length);
            var kind = random.Next(4 + more.Length);
            switch (kind)
            {
                case 0:
                    builder[at] = (char)random.Next(1, 256);
                    break;
                case 1:
                    builder.Remove(at, Math.Min(random.Next(1, 12), builder.Length - at));
                    break;
                case 2:
                    builder.Insert(at, builder.ToString(at, Math.Min(random.Next(1, 40), builder.Length - at)));
                    break;
                case 3:
                    builder.Insert(at, signs[random.Next(signs.Length)]);
                    break;
                default:
                    more[kind - 4](builder, at);
                    break;
            }
        }

        return builder.ToString();
    }

    /// <summary>Sends, says that nothing more comes, and reads what comes back; whatever it is.</summary>
    public static async Task SendAsync(int port, byte[] bytes, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, patience.Token);
        var stream = client.GetStream();
        try
        {
            await stream.WriteAsync(bytes, patience.Token);
            client.Client.Shutdown(SocketShutdown.Send);
            var buffer = new byte[4096];
            while (await stream.ReadAsync(buffer, patience.Token) > 0)
            {
                // until the sidecar closes
            }
        }
        catch (IOException)
        {
            // Refused before everything was sent.
        }
    }
}
