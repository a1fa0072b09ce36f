using DaprPage.Server;
using Microsoft.AspNetCore.Authentication.JwtBearer;

var builder = WebApplication.CreateBuilder(args);
var port = builder.Configuration["APP_PORT"] ?? "5200"; // `dapr run --app-port`
builder.WebHost.UseUrls($"http://localhost:{port}");

// Whoever comes past the sidecar needs a token as well.
builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
{
    options.Authority = builder.Configuration["Authority"] ?? "http://localhost:8080/realms/mcp";
    options.Audience = builder.Configuration["Audience"] ?? "http://localhost:5200/mcp";
    options.RequireHttpsMetadata = !builder.Environment.IsDevelopment();
    options.MapInboundClaims = false;
});
builder.Services.AddAuthorization();
builder.Services.AddMcpServer().WithHttpTransport().WithTools<CallerTools>();

var app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();
app.MapMcp("/mcp").RequireAuthorization();
app.Run();
