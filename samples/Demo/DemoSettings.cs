namespace Ppv.Samples.Demo;

/// <summary>What the command line asks for.</summary>
/// <param name="Once">Exit after the first purchase.</param>
/// <param name="Amqp">A real RabbitMQ; none: the broker in memory.</param>
/// <param name="Urls">Where the gateway listens.</param>
internal sealed record DemoSettings(bool Once, Uri? Amqp, string Urls);
