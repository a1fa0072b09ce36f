namespace McpAspire.IdentityProvider.Realm.Credentials;

/// <summary>A stored password; never gives it back.</summary>
internal interface IPasswordCredential
{
    /// <summary>Compares in constant time.</summary>
    bool Verify(string password);
}
