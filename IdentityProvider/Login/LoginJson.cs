using System.Text.Json.Serialization;
using McpAspire.IdentityProvider.Authorize;

namespace McpAspire.IdentityProvider.Login;

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AuthorizationRequest))]
internal sealed partial class LoginJson : JsonSerializerContext;
