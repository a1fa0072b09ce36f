namespace McpAspire.Sidecar.Resources;

/// <summary><c>spec.accessControl</c>: which named caller may call which operation of the app.</summary>
internal sealed record AccessControl(bool AllowByDefault, IReadOnlyList<AccessPolicy> Policies)
{
    public static AccessControl Read(YamlMap control)
    {
        control.Only("defaultAction", "trustDomain", "policies");
        return new AccessControl(
            AccessPolicy.ReadAction(control, "defaultAction") ?? true,
            [.. control.Maps("policies").Select(AccessPolicy.Read)]);
    }
}

internal sealed record AccessPolicy(string AppId, bool? AllowByDefault, IReadOnlyList<AccessOperation> Operations)
{
    public static AccessPolicy Read(YamlMap policy)
    {
        policy.Only("appId", "defaultAction", "trustDomain", "namespace", "operations");
        return new AccessPolicy(
            policy.Required("appId"),
            ReadAction(policy, "defaultAction"),
            [.. policy.Maps("operations").Select(AccessOperation.Read)]);
    }

    public static bool? ReadAction(YamlMap map, string key) => map.Text(key) switch
    {
        null or "" => null,
        "allow" => true,
        "deny" => false,
        var other => throw new ResourceException(map.PositionOf(key), $"'{key}' is '{other}'; allowed are allow and deny."),
    };
}

internal sealed record AccessOperation(string Name, IReadOnlyList<string> Verbs, bool Allow)
{
    public static AccessOperation Read(YamlMap operation)
    {
        operation.Only("name", "httpVerb", "action");
        return new AccessOperation(operation.Required("name"), operation.Texts("httpVerb"), AccessPolicy.ReadAction(operation, "action") ?? false);
    }
}
