import {
  isCratesIo,
  parseRequest,
  type Answer,
  type KeyRequest,
  type Registry,
  type UnsupportedRequest,
} from './protocol';
import {
  parseStoreArguments,
  STORES,
  type ReadStore,
  type StoreAnswer,
  type StoreContext,
  type StoreName,
} from './stores';

/** The world as the provider sees it; tests hand in their own. */
export interface World extends Omit<StoreContext, 'registry' | 'signal'> {
  readonly load: Readonly<Record<StoreName, () => Promise<ReadStore>>>;
  /** One line for the person who waits for cargo, on stderr; cargo itself says little. */
  readonly tell: (line: string) => void;
}

/** A person waits for cargo; a store that has not answered by then is not going to. In milliseconds. */
export const DEADLINE = 8000;

function failed(message: string, causes: readonly string[] = []): Answer {
  return { Err: { kind: 'other', message, ...(causes.length > 0 && { 'caused-by': causes }) } };
}

/**
 * What cargo itself would refuse to send as an Authorization header, as a sentence; undefined for a good key.
 * cargo's `check_token` in crates/crates-io/lib.rs: not empty, and printable ASCII or tabs.
 */
export function faultOf(key: string): string | undefined {
  // Servers trim what they are sent, so blanks alone are as good as nothing: in CI, a secret that is missing.
  if (/^[\t ]*$/.test(key)) return 'the key is empty';
  if (!/^[\t\u0020-\u007e]*$/.test(key))
    return 'the key holds characters other than printable ASCII; cargo could not send it';
  return undefined;
}

/** Editors and `echo` end a file with a line feed, and stores keep it: one line end is no part of a key. */
function withoutLineEnd(text: string): string {
  return text.replace(/\r?\n$/, '');
}

function serves(only: string | undefined, registry: Registry): boolean {
  if (only === undefined) return true;
  if (only === 'crates-io') return isCratesIo(registry);
  // Any configuration file may give its registry the name crates-io, but not crates.io's index.
  return !isCratesIo(registry) && (only === registry.name || only === registry.indexUrl);
}

function answerOf(store: StoreName, answer: StoreAnswer, tell: World['tell']): Answer {
  const { title } = STORES[store];
  switch (answer.kind) {
    case 'not-found':
      tell(answer.reason);
      return { Err: { kind: 'not-found' } };
    case 'failed':
      return failed(answer.reason, [`the step that failed: ${answer.step}`, ...answer.causes]);
    case 'key': {
      const key = withoutLineEnd(answer.key);
      const fault = faultOf(key);
      if (fault !== undefined) return failed(`${title}: ${fault}`);
      // One key serves every operation, and a key does not change under one run of cargo: ask the store once. Where
      // the store says when its key ends, cargo asks again then.
      const { expiration } = answer;
      const cache =
        expiration === undefined ? { cache: 'session' as const } : { cache: 'expires' as const, expiration };
      return { Ok: { kind: 'get', token: key, ...cache, operation_independent: true } };
    }
  }
}

/** Settles with the store's answer or, when time is up, with a failure; whatever the store still does is abandoned. */
async function askInTime(read: ReadStore, name: StoreName, options: Parameters<ReadStore>[0], context: StoreContext) {
  const { signal } = context;
  const late = new Promise<StoreAnswer>((resolve) => {
    const reason = `${STORES[name].title} did not answer within ${DEADLINE / 1000} seconds: check the address, the network and any proxy or VPN`;
    signal.addEventListener('abort', () => {
      resolve({ kind: 'failed', step: 'connection', reason, causes: [] });
    });
  });
  return Promise.race([read(options, context), late]);
}

async function answerGet(request: KeyRequest, world: World): Promise<Answer> {
  const asked = parseStoreArguments(request.args);
  if (asked.kind === 'wrong') return failed(asked.reason);
  const { name, options } = asked;
  if (!serves(options['registry'], request.registry)) return { Err: { kind: 'url-not-supported' } };
  const time = new AbortController();
  const timer = setTimeout(() => {
    time.abort();
  }, DEADLINE);
  try {
    const read = await world.load[name]();
    const answer = await askInTime(read, name, options, { ...world, registry: request.registry, signal: time.signal });
    return answerOf(name, answer, world.tell);
  } finally {
    clearTimeout(timer);
  }
}

function refuse(request: UnsupportedRequest, tell: World['tell']): Answer {
  if (request.byUser) tell('this provider only reads keys: store or delete the key in its own store');
  return { Err: { kind: 'operation-not-supported' } };
}

/** Answers one line of cargo's. Never rejects: cargo needs an answer, whatever happens. */
export async function answer(line: string, world: World): Promise<Answer> {
  const request = parseRequest(line);
  switch (request.kind) {
    case 'malformed':
      return failed(request.reason);
    case 'unsupported':
      return refuse(request, world.tell);
    case 'get':
      try {
        return await answerGet(request, world);
      } catch (error) {
        // A defect of ours or of a library; its message may quote anything, so only its name goes out.
        return failed(`the provider failed unexpectedly (${error instanceof Error ? error.name : typeof error})`);
      }
  }
}
