using Microsoft.Extensions.Options;
using Ppv.Protocol;
using Ppv.Protocol.Validation;

namespace Ppv.Hosting.Security;

/// <summary>What <see cref="PpvAccessOptions"/> must be. No message quotes a key.</summary>
/// <param name="files">Reads the key files.</param>
internal sealed class AccessRules(KeyFiles? files = null) : IValidateOptions<PpvAccessOptions>
{
    private const int MaxNameLength = ConnectionId.MaxOwnerLength;
    private const string Section = "Ppv:Access:" + nameof(PpvAccessOptions.Clients);

    private readonly KeyFiles _files = files ?? new KeyFiles();

    public ValidateOptionsResult Validate(string? name, PpvAccessOptions options)
    {
        var rules = new OptionRules();
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        var keys = _files.Read(options.Clients.Values.Where(HasFileOnly).Select(access => access!.KeyFile!));
        foreach (var (client, access) in options.Clients)
        {
            rules.Require(IsName(client), Section, client, $"names of 1 to {MaxNameLength} letters, digits and - . _");
            var path = $"{Section}:{client}";
            rules.Require(access?.Owner is not { } owner || IsName(owner), $"{path}:{nameof(access.Owner)}", access?.Owner,
                $"1 to {MaxNameLength} letters, digits and - . _");
            if (KeyOf(path, access ?? new PpvAccessClient(), keys, rules) is not { } key) continue;
            if (!owners.TryAdd(key, path)) Fail(rules, $"{path} has the key of {owners[key]}. Give each client a key of its own.");
        }

        rules.Add(new PpvAccessOptionsValidator().Validate("Ppv:Access", options));
        return rules.ToResult();
    }

    private static bool HasFileOnly(PpvAccessClient? access) => access is { KeyFile: not null, Key: null };

    private static string? KeyOf(
        string path, PpvAccessClient access, IReadOnlyDictionary<string, Func<string>> keys, OptionRules rules)
    {
        rules.Require(Enum.IsDefined(access.Role), $"{path}:{nameof(access.Role)}", access.Role,
            $"one of {string.Join(", ", Enum.GetNames<PpvAccessRole>())}");
        if (access.Key is null == access.KeyFile is null)
        {
            Fail(rules, $"{path} must have either {nameof(access.Key)} or {nameof(access.KeyFile)}.");
            return null;
        }

        if (access.KeyFile is null)
        {
            if (ClientKey.IsValid(access.Key)) return access.Key;
            Fail(rules, $"{path}:{nameof(access.Key)} must be {ClientKey.Rule}.");
            return null;
        }

        try
        {
            return keys[access.KeyFile]();
        }
        catch (Exception e) when (ClientKey.IsTrouble(e))
        {
            Fail(rules, $"{path}:{nameof(access.KeyFile)} is {OptionRules.Show(access.KeyFile)}, which can't be used: "
                + $"{e.Message.TrimEnd('.')}. Name a file with the key that this program's user may read.");
            return null;
        }
    }

    private static void Fail(OptionRules rules, string problem) => rules.Add(ValidateOptionsResult.Fail(problem));

    private static bool IsName(string name) =>
        name.Length is >= 1 and <= MaxNameLength && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');
}
