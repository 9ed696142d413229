// A private Cargo registry that wants authentication: just enough for `cargo owner --list` and `cargo publish`.
//   node cargo-registry.mjs TOKEN LOG   -> prints the port; index at sparse+http://127.0.0.1:PORT/index/
// LOG gets "ok METHOD PATH" or "denied METHOD PATH" for each request; never a token. What is published shows up in the
// index, because cargo waits for it.
import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [token, log] = process.argv.slice(2);
const index = new Map();

/** The body of a publish request: a length and JSON, a length and the crate. */
function take(body) {
  const length = body.readUInt32LE(0);
  const { name, vers } = JSON.parse(body.subarray(4, 4 + length).toString('utf8'));
  const cksum = createHash('sha256')
    .update(body.subarray(8 + length))
    .digest('hex');
  index.set(name, JSON.stringify({ name, vers, deps: [], cksum, features: {}, yanked: false }));
}

const server = createServer(async (request, response) => {
  const allowed = request.headers.authorization === token;
  appendFileSync(log, `${allowed ? 'ok' : 'denied'} ${request.method} ${request.url}\n`);
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const send = (status, body, headers = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
  if (!allowed)
    return send(
      401,
      { errors: [{ detail: 'authentication required' }] },
      { 'www-authenticate': 'Cargo login_url="https://acme.example/me"' },
    );
  const origin = `http://127.0.0.1:${server.address().port}`;
  if (request.url === '/index/config.json')
    return send(200, { dl: `${origin}/dl`, api: origin, 'auth-required': true });
  if (request.url.endsWith('/owners')) return send(200, { users: [{ id: 1, login: 'acme-bot', name: null }] });
  if (request.url === '/api/v1/crates/new') {
    take(Buffer.concat(chunks));
    return send(200, { warnings: { invalid_categories: [], invalid_badges: [], other: [] } });
  }
  const entry = index.get(request.url.split('/').at(-1));
  return entry === undefined ? send(404, { errors: [{ detail: 'not found' }] }) : send(200, `${entry}\n`);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
