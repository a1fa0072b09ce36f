namespace McpAspire.IdentityProvider.Realm;

/// <summary>Reads <c>protocolMappers</c>; kinds that are not supported are reported and left out.</summary>
internal static class MapperReader
{
    public static IReadOnlyList<ProtocolMapper> Read(RealmNode owner)
    {
        var mappers = new List<ProtocolMapper>();
        foreach (var node in owner.Objects("protocolMappers"))
        {
            var kind = node.RequiredString("protocolMapper");
            node.Skip("id", "protocol", "consentRequired", "consentText");
            var mapper = new ProtocolMapper(node.RequiredString("name"), kind, node.Map("config"));
            node.Finish();
            if (ProtocolMapper.Supported.Contains(kind))
            {
                mappers.Add(mapper);
            }
            else
            {
                node.Report.Ignore($"{node.Path} ({kind} \"{mapper.Name}\")");
            }
        }

        return mappers;
    }
}
