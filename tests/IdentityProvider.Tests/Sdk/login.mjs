// An MCP client on the TypeScript SDK, driven line by line: it prints {"visit": URL} where it would open a browser, reads the
// address of the callback from stdin, and prints {"result": text} for each tool.
// Usage: node login.mjs <folder with node_modules> <package> <server> <callback> <settings as JSON> <tool>...
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const [folder, packageName, server, callback, settingsJson, ...tools] = process.argv.slice(2);
const settings = JSON.parse(settingsJson);
const require = createRequire(join(folder, 'node_modules', 'driver.js'));
const { Client, StreamableHTTPClientTransport, UnauthorizedError } = packageName === '@modelcontextprotocol/sdk'
  ? {
      ...require('@modelcontextprotocol/sdk/client/index.js'),
      ...require('@modelcontextprotocol/sdk/client/streamableHttp.js'),
      ...require('@modelcontextprotocol/sdk/client/auth.js'),
    }
  : require(packageName);

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = message => process.stdout.write(`${JSON.stringify(message)}\n`);

/** What an application keeps for the SDK; here it is forgotten at the end. */
class MemoryProvider {
  #client = settings.clientId ? { client_id: settings.clientId } : undefined;
  #tokens;
  #verifier;
  #discovery;
  #state;
  visit;

  redirectUrl = callback;
  clientMetadataUrl = settings.clientMetadataUrl;
  clientMetadata = {
    client_name: 'TypeScript SDK',
    redirect_uris: [callback],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };

  state() { return (this.#state = crypto.randomUUID()); }
  checkState(given) { if (given !== this.#state) throw new Error('the callback belongs to another request'); }
  clientInformation() { return this.#client; }
  saveClientInformation(client) { this.#client = client; }
  tokens() { return this.#tokens; }
  saveTokens(tokens) { this.#tokens = tokens; }
  codeVerifier() { return this.#verifier; }
  saveCodeVerifier(verifier) { this.#verifier = verifier; }
  discoveryState() { return this.#discovery; }
  saveDiscoveryState(state) { this.#discovery = state; }
  redirectToAuthorization(url) { this.visit = url; }
}

const provider = new MemoryProvider();

async function connect() {
  const client = new Client({ name: 'login-test', version: '1.0.0' });
  const transport = new StreamableHTTPClientTransport(new URL(server), { authProvider: provider });
  await client.connect(transport);
  return { client, transport };
}

/** Sends the person to the provider, takes the code home and starts afresh with the tokens. */
async function signIn() {
  say({ visit: String(provider.visit) });
  const { value } = await lines.next();
  const answer = new URL(value).searchParams;
  provider.checkState(answer.get('state'));
  const transport = new StreamableHTTPClientTransport(new URL(server), { authProvider: provider });
  await transport.finishAuth(packageName === '@modelcontextprotocol/sdk' ? answer.get('code') : answer);
  return await connect();
}

async function withSignIn(work) {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error;
    return undefined;
  }
}

let session = await withSignIn(connect) ?? await signIn();
for (const tool of tools) {
  const call = () => session.client.callTool({ name: tool, arguments: {} });
  let result = await withSignIn(call);
  if (!result) {
    session = await signIn();
    result = await call();
  }
  say({ result: result.content[0].text });
}
await session.client.close();
process.exit(0);
