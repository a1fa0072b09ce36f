using System.Diagnostics;

namespace McpAspire.Benchmarks.Sidecars.Servers;

/// <summary>nginx as the least a hop costs: one worker, connections to the app kept open.</summary>
internal static class Nginx
{
    public static bool IsInstalled => Path is not null;

    private static string? Path { get; } = Find();

    public static Task<ServerProcess> StartAsync(string folder, int port, int appPort)
    {
        var file = System.IO.Path.Combine(folder, "nginx.conf");
        File.WriteAllText(file, $$"""
            daemon off;
            master_process off;
            worker_processes 1;
            pid {{folder}}/nginx.pid;
            error_log stderr crit;
            events { worker_connections 1024; }
            http {
              access_log off;
              client_body_temp_path {{folder}};
              proxy_temp_path {{folder}};
              fastcgi_temp_path {{folder}};
              uwsgi_temp_path {{folder}};
              scgi_temp_path {{folder}};
              keepalive_requests 1000000000;
              upstream app { server 127.0.0.1:{{appPort}}; keepalive 128; keepalive_requests 1000000000; }
              server {
                listen 127.0.0.1:{{port}};
                location / { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; }
              }
            }
            """);
        return ServerProcess.StartAsync("nginx", new ProcessStartInfo(Path!, ["-c", file, "-p", folder]), $"http://127.0.0.1:{port}/");
    }

    private static string? Find()
        => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(System.IO.Path.PathSeparator).Append("/usr/sbin")
            .Select(folder => System.IO.Path.Combine(folder, "nginx"))
            .FirstOrDefault(File.Exists);
}
