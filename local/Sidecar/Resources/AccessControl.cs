namespace McpAspire.Sidecar.Resources;

/// <summary><c>spec.accessControl</c>: which other apps may call which operations of this one.</summary>
internal sealed record AccessControl(bool AllowsByDefault, string TrustDomain, IReadOnlyList<AppPolicy> Policies)
{
    public const string DefaultTrustDomain = "public";

    public static AccessControl Read(YamlMap control)
    {
        control.Only("defaultAction", "trustDomain", "policies");
        AppPolicy[] policies = [.. control.Maps("policies").Select(AppPolicy.Read)];
        foreach (var (policy, index) in policies.Select((policy, index) => (policy, index)))
        {
            if (policies.Take(index).Any(earlier => earlier.AppId == policy.AppId && earlier.Namespace == policy.Namespace))
            {
                throw new ResourceException(policy.Position, $"The policy of the app '{policy.AppId}' in the namespace '{policy.Namespace}' is there twice.");
            }
        }

        return new AccessControl(
            ReadAction(control, "defaultAction") ?? policies.Length == 0,
            control.Text("trustDomain") is { Length: > 0 } domain ? domain : DefaultTrustDomain,
            policies);
    }

    public AppPolicy? PolicyOf(string appId, string ns, string trustDomain)
        => Policies.FirstOrDefault(policy => policy.AppId == appId && policy.Namespace == ns && policy.TrustDomain == trustDomain);

    /// <summary>True: allow; null: nothing is said.</summary>
    public static bool? ReadAction(YamlMap map, string key) => map.Text(key)?.ToLowerInvariant() switch
    {
        null or "" => null,
        "allow" => true,
        "deny" => false,
        _ => throw new ResourceException(map.PositionOf(key), $"'{key}' is '{map.Text(key)}'; allowed are allow and deny."),
    };
}

/// <summary>What one app may call.</summary>
internal sealed record AppPolicy(string AppId, string Namespace, string TrustDomain, bool? AllowsByDefault, IReadOnlyList<OperationPolicy> Operations, Position Position)
{
    public static AppPolicy Read(YamlMap policy)
    {
        policy.Only("appId", "defaultAction", "trustDomain", "namespace", "operations");
        return new AppPolicy(
            policy.Required("appId"),
            policy.Required("namespace"),
            policy.Required("trustDomain"),
            AccessControl.ReadAction(policy, "defaultAction"),
            [.. policy.Maps("operations").Select(OperationPolicy.Read).OrderByDescending(operation => operation)],
            policy.Position);
    }

    /// <summary>What is said about a path and a verb; null: nothing.</summary>
    public bool? Allows(string path, string verb)
        => Operations.FirstOrDefault(operation => operation.Covers(path))?.Allows(verb) ?? AllowsByDefault;
}
