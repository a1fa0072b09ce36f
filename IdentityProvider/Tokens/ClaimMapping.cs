using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Clients;
using McpAspire.IdentityProvider.Realm;

namespace McpAspire.IdentityProvider.Tokens;

/// <summary>Runs the protocol mappers of a client and of its granted scopes.</summary>
internal sealed class ClaimMapping(TokenSubject subject, TokenUse use)
{
    private readonly JsonObject _claims = [];
    private readonly List<string> _audience = [];
    private IReadOnlyList<Role>? _roles;

    public static (JsonObject Claims, IReadOnlyList<string> Audience) Run(TokenSubject subject, TokenUse use)
    {
        var mapping = new ClaimMapping(subject, use);
        foreach (var scope in subject.Scopes.Scopes)
        {
            mapping.Apply(scope.Mappers);
        }

        mapping.Apply(subject.Client.Mappers);
        return (mapping._claims, mapping._audience);
    }

    /// <summary>Roles of the user that this client may see.</summary>
    private IReadOnlyList<Role> Roles => _roles ??= VisibleRoles();

    private void Apply(IReadOnlyList<ProtocolMapper> mappers)
    {
        foreach (var mapper in mappers)
        {
            if (mapper.In(use))
            {
                Apply(mapper);
            }
        }
    }

    private void Apply(ProtocolMapper mapper)
    {
        switch (mapper.Kind)
        {
            case ProtocolMapper.Audience:
                AddAudience(mapper["included.client.audience"] ?? mapper["included.custom.audience"]);
                break;
            case ProtocolMapper.AudienceResolve:
                foreach (var owner in Roles.Select(role => role.Client).OfType<string>().Where(owner => owner != subject.Client.ClientId))
                {
                    AddAudience(owner);
                }

                break;
            case ProtocolMapper.UserAttribute or ProtocolMapper.UserProperty:
                SetValues(mapper, subject.User.Values(mapper["user.attribute"] ?? ""));
                break;
            case ProtocolMapper.RealmRoles:
                SetRoles(mapper, null, "usermodel.realmRoleMapping.rolePrefix");
                break;
            case ProtocolMapper.ClientRoles:
                foreach (var owner in Roles.Select(role => role.Client).OfType<string>().Distinct())
                {
                    SetRoles(mapper, owner, "usermodel.clientRoleMapping.rolePrefix");
                }

                break;
            case ProtocolMapper.GroupMembership:
                SetList(mapper, subject.User.Groups.Select(path => mapper["full.path"] == "false" ? path[(path.LastIndexOf('/') + 1)..] : path));
                break;
            case ProtocolMapper.HardcodedClaim:
                Set(mapper, Typed(mapper, mapper["claim.value"] ?? ""));
                break;
            case ProtocolMapper.FullName:
                if (string.Join(' ', new[] { subject.User.FirstName, subject.User.LastName }.Where(part => part is not null)) is { Length: > 0 } name)
                {
                    _claims["name"] = name;
                }

                break;
            case ProtocolMapper.SessionNote:
                SetValues(mapper, Note(mapper["user.session.note"]) is { } note ? [note] : []);
                break;
            case ProtocolMapper.Subject:
                _claims["sub"] = subject.User.Id;
                break;
            case ProtocolMapper.AllowedOrigins:
                if (WebOrigins.Of(subject.Client) is { Count: > 0 } origins)
                {
                    _claims["allowed-origins"] = Array(origins);
                }

                break;
            case ProtocolMapper.AuthenticationContext:
                _claims["acr"] = subject.AuthenticationContext;
                break;
        }
    }

    private void AddAudience(string? audience)
    {
        if (audience is not null && !_audience.Contains(audience))
        {
            _audience.Add(audience);
        }
    }

    private string? Note(string? name) => name switch
    {
        null => null,
        "AUTH_TIME" => subject.Session?.AuthTime.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        _ => subject.Notes.GetValueOrDefault(name),
    };

    private void SetValues(ProtocolMapper mapper, IReadOnlyList<string> values)
    {
        if (values.Count == 0)
        {
            return;
        }

        if (mapper["multivalued"] == "true")
        {
            SetList(mapper, values);
        }
        else
        {
            Set(mapper, Typed(mapper, values[0]));
        }
    }

    private void SetRoles(ProtocolMapper mapper, string? owner, string prefixKey)
    {
        if (mapper["usermodel.clientRoleMapping.clientId"] is { } only && only != owner)
        {
            return;
        }

        var prefix = mapper[prefixKey] ?? "";
        SetList(mapper, Roles.Where(role => role.Client == owner).Select(role => prefix + role.Name), owner);
    }

    private void SetList(ProtocolMapper mapper, IEnumerable<string> values, string? owner = null)
    {
        var array = Array(values);
        if (array.Count > 0)
        {
            Set(mapper, array, owner);
        }
    }

    /// <summary>Sets a claim whose name may be a path, <c>a.b.c</c>; <c>\.</c> is a dot within a name.</summary>
    private void Set(ProtocolMapper mapper, JsonNode? value, string? owner = null)
    {
        if (mapper["claim.name"] is not { } name || value is null)
        {
            return;
        }

        var path = name.Replace("\\.", "\0", StringComparison.Ordinal).Split('.');
        var target = _claims;
        for (var i = 0; i < path.Length; i++)
        {
            var key = path[i].Replace('\0', '.').Replace("${client_id}", owner ?? subject.Client.ClientId, StringComparison.Ordinal);
            if (i == path.Length - 1)
            {
                target[key] = value;
            }
            else if (target[key] is JsonObject inner)
            {
                target = inner;
            }
            else
            {
                target[key] = inner = [];
                target = inner;
            }
        }
    }

    private static JsonNode? Typed(ProtocolMapper mapper, string value)
    {
        try
        {
            return mapper["jsonType.label"] switch
            {
                "boolean" => bool.TryParse(value, out var flag) ? flag : null,
                "long" or "int" => long.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null,
                "JSON" => JsonNode.Parse(value),
                _ => value,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonArray Array(IEnumerable<string> values) => new([.. values.Distinct().Select(value => (JsonNode)value)]);

    private IReadOnlyList<Role> VisibleRoles()
    {
        if (subject.Client.FullScopeAllowed)
        {
            return subject.User.Roles;
        }

        var allowed = Role.Expand(subject.Client.ScopeRoles.Concat(subject.Scopes.Scopes.SelectMany(scope => scope.Roles))).ToHashSet();
        return [.. subject.User.Roles.Where(role => role.Client == subject.Client.ClientId || allowed.Contains(role))];
    }
}
