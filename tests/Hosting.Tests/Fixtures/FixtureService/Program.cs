// A small service: it says what it was started with, and ends as it is told to.
var builder = WebApplication.CreateSlimBuilder();
var app = builder.Build();

app.MapGet("/health", () => "healthy");
app.MapGet("/arguments", () => args);
app.MapGet("/environment/{name}", (string name) => Environment.GetEnvironmentVariable(name) is { } value ? Results.Text(value) : Results.NotFound());
app.MapGet("/folder", () => Environment.CurrentDirectory);
app.MapGet("/process", () => Environment.ProcessId);
app.MapPost("/end/{code:int}", (int code) =>
{
    Console.Error.WriteLine($"told to end with {code}");
    Environment.Exit(code);
});

app.Run();
