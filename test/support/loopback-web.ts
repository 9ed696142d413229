import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, request as ask, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';

/**
 * Lets programs reach stand-ins under the real names of the web, as `https://crates.io`: a proxy on 127.0.0.1 ends TLS
 * with a certificate made for this run. A host without a stand-in is refused, so nothing leaves the machine.
 */
export interface LoopbackWeb {
  /** For Node.js, cargo, curl and what is written in Go. */
  readonly env: Readonly<Record<string, string>>;
  /** `host:port` of what was asked for and has no stand-in. */
  readonly refused: readonly string[];
  close(): Promise<void>;
}

/** @param hosts the address of the stand-in for each host @param folder takes the certificate; needs `openssl` */
export async function startLoopbackWeb(folder: string, hosts: Readonly<Record<string, string>>): Promise<LoopbackWeb> {
  const certificate = join(folder, 'web.pem');
  const key = join(folder, 'web-key.pem');
  const names = Object.keys(hosts).map((host) => `DNS:${host}`);
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const subject = ['-subj', '/CN=stand-in', '-addext', `subjectAltName=${names.join(',')}`];
  execFileSync('openssl', ['req', '-x509', ...kind, '-keyout', key, '-out', certificate, ...subject], {
    stdio: 'ignore',
  });

  const sockets = new Set<Socket>();
  const refused: string[] = [];
  const tls = createTlsServer({ key: readFileSync(key), cert: readFileSync(certificate) }, passTo(hosts));
  const proxy = createServer((_request, response) => {
    response.writeHead(400).end();
  });
  proxy.on('connect', (request: IncomingMessage, socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    const target = request.url ?? '';
    if (hosts[target.replace(/:443$/, '')] === undefined) {
      refused.push(target);
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    tls.emit('connection', socket);
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  return {
    env: {
      HTTPS_PROXY: address,
      https_proxy: address,
      NO_PROXY: '',
      no_proxy: '',
      NODE_EXTRA_CA_CERTS: certificate,
      SSL_CERT_FILE: certificate,
      CARGO_HTTP_CAINFO: certificate,
    },
    refused,
    close: () =>
      new Promise((done) => {
        proxy.close(() => {
          done();
        });
        proxy.closeAllConnections();
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function passTo(hosts: Readonly<Record<string, string>>): RequestListener {
  return (request, response) => {
    const address = hosts[request.headers.host ?? ''];
    if (address === undefined) {
      response.writeHead(421).end();
      return;
    }
    const { method, headers, url = '/' } = request;
    const passed = ask(`${address}${url}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    request.pipe(passed);
  };
}
