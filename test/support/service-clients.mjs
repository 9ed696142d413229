// Stands for the clients of services that a leak plan names, and is as strict as their documentation:
//   node service-clients.mjs LOG NAME ARG…
// LOG gets a line of JSON for each call: the arguments, and the SHA-256 of the value that came. The value itself is
// nowhere: an argument that is no option or name of the documented usage ends the call with status 64.
import { createHash } from 'node:crypto';
import { appendFileSync, createReadStream, readFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';

const [log, program, ...args] = process.argv.slice(2);
const line = args.join(' ');

function usage(why) {
  console.error(`${program}: ${why}`);
  process.exit(64);
}

function note(value) {
  const sha256 = value === undefined ? null : createHash('sha256').update(value).digest('hex');
  appendFileSync(log, `${JSON.stringify({ program, args, sha256 })}\n`);
}

/** What is piped in, or a line typed unseen. */
async function secret(question) {
  if (!process.stdin.isTTY) return readFileSync(0, 'utf8').replace(/[\r\n]+$/, '');
  process.stdin.setRawMode(true);
  process.stderr.write(question);
  let typed = '';
  for await (const chunk of process.stdin) {
    typed += chunk;
    if (/[\r\n]/.test(typed)) break;
  }
  process.stdin.setRawMode(false);
  process.stderr.write('\n');
  return typed.replace(/[\r\n].*/s, '');
}

const NAME = '[A-Za-z_][A-Za-z0-9_]*';
const WHERE = '(?: --repo [\\w.-]+(?:/[\\w.-]+){1,2})?(?: --env [^-].*)?';

/** https://cli.github.com/manual/gh_secret_set */
async function gh() {
  if (new RegExp(`^secret list${WHERE}$`).test(line)) note();
  else if (new RegExp(`^secret set${WHERE} ${NAME}$`).test(line)) note(await secret('? Paste your secret: '));
  else usage('not a documented call');
}

/** https://docs.travis-ci.com/user/encryption-keys/ */
async function travis() {
  if (line !== 'encrypt --add env.global') usage('not a documented call');
  const value = await secret('Reading from stdin, press Ctrl+D when done: ');
  if (!new RegExp(`^${NAME}=`).test(value)) usage('no NAME=value');
  note(value);
}

/** https://kubernetes.io/docs/reference/kubectl/ */
async function kubectl() {
  const created =
    /^create secret generic ([a-z0-9.-]+) --from-file=([\w.-]+)=\/dev\/stdin --dry-run=client -o yaml$/.exec(line);
  if (created) {
    const data = readFileSync(0).toString('base64');
    console.log(`apiVersion: v1\ndata:\n  ${created[2]}: ${data}\nkind: Secret\nmetadata:\n  name: ${created[1]}`);
  } else if (/^apply --server-side --force-conflicts --field-manager=[\w-]+ -f -$/.test(line)) {
    const value = /^data:\n {2}\S+: (\S+)$/m.exec(readFileSync(0, 'utf8'))?.[1];
    if (value === undefined) usage('no Secret');
    note(Buffer.from(value, 'base64'));
  } else usage('not a documented call');
}

/** https://docs.docker.com/reference/cli/docker/image/save/ */
async function docker() {
  if (!/^save [a-z0-9./_:-]+$/.test(line)) usage('not a documented call');
  note();
  await pipeline(createReadStream(process.env.IMAGE_FILE), process.stdout);
}

await { gh, travis, kubectl, docker }[program]();
if (process.stdin.isTTY) process.exit(0);
