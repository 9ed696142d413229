import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RunningGithub {
  readonly url: string;
  /** By their path in the repository: how many bytes each has, sealed. */
  secrets(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

/**
 * A stand-in for GitHub's API, as far as `gh secret` asks it of one repository and one of its environments.
 * Source: https://docs.github.com/rest/actions/secrets
 */
export async function startGithubApi(repository: string, environment: string): Promise<RunningGithub> {
  const sealed: Record<string, number> = {};
  const { publicKey } = generateKeyPairSync('x25519');
  const key = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
  const places = ['actions/secrets', `environments/${encodeURIComponent(environment)}/secrets`];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const answer = (status: number, value: unknown): void => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
      };
      const path = (request.url ?? '').replace(/\?.*/, '').replace(`/repos/${repository}/`, '');
      const place = places.find((each) => path === each || path.startsWith(`${each}/`));
      if (place === undefined) answer(404, { message: 'Not Found' });
      else if (request.method === 'PUT') {
        const { encrypted_value: value } = JSON.parse(body) as { readonly encrypted_value: string };
        sealed[path] = Buffer.from(value, 'base64').length;
        answer(201, {});
      } else if (path === `${place}/public-key`) answer(200, { key_id: '1', key });
      else if (path === place) answer(200, { total_count: 0, secrets: [] });
      else answer(404, { message: 'Not Found' });
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secrets: () => sealed,
    close: () =>
      new Promise((done) => {
        server.close(() => {
          done();
        });
        server.closeAllConnections();
      }),
  };
}
