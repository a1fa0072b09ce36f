namespace Aspire.Hosting.Engine;

/// <summary>Hides the values of secret parameters in what is printed or logged.</summary>
internal sealed class SecretMask
{
    private const int Shortest = 6;
    private const string Hidden = "*****";

    private string[] _secrets = [];

    public void Add(string secret)
    {
        // Text as short as that is in many a word.
        if (secret.Length >= Shortest)
        {
            _secrets = [.. _secrets.Append(secret).Distinct().OrderByDescending(s => s.Length)];
        }
    }

    public string Apply(string text)
    {
        foreach (var secret in _secrets)
        {
            text = text.Replace(secret, Hidden, StringComparison.Ordinal);
        }

        return text;
    }
}
