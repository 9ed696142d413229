/**
 * GitHub Actions, and Gitea's and Forgejo's, which speak the same language. The event is the webhook's payload:
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads
 */
import { GuardError } from '../base/error';
import { branchOf, commitId, eventOf, type CiEvent, type Variables } from './event';

export const EVENT_FILE = 'GITHUB_EVENT_PATH';

/** One level of the payload. */
class Fields {
  readonly #value: unknown;
  readonly #at: string;

  constructor(value: unknown, at = '') {
    this.#value = value;
    this.#at = at;
  }

  get(name: string): unknown {
    const value = this.#value;
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    return (value as Readonly<Record<string, unknown>>)[name];
  }

  in(name: string): Fields {
    return new Fields(this.get(name), `${this.#at}${name}.`);
  }

  text(name: string): string | null {
    const value = this.get(name);
    return typeof value === 'string' && value !== '' ? value : null;
  }

  /** Null for zeros. Throws GuardError 'unreadable' where the field is missing or no id. */
  id(name: string): string | null {
    if (this.text(name) === null)
      throw new GuardError('unreadable', `the event of this run (${EVENT_FILE}) has no ${this.#at}${name}`);
    return commitId(this.get(name), `${this.#at}${name} in the event of this run (${EVENT_FILE})`);
  }

  /** As id, and zeros are wrong too. */
  head(name: string): string {
    const id = this.id(name);
    if (id !== null) return id;
    throw new GuardError('unreadable', `the event of this run (${EVENT_FILE}) names no commit in ${this.#at}${name}`);
  }
}

export function readGithub(variables: Variables, payload: unknown): CiEvent {
  const event = new Fields(payload);
  const name = variables.text('GITHUB_EVENT_NAME') ?? '';
  const known = { ref: variables.text('GITHUB_REF'), defaultBranch: event.in('repository').text('default_branch') };
  if (name === 'push') return pushed(event, known);
  if (name === 'delete') return eventOf({ kind: 'delete', head: 'HEAD', ...known, ref: event.text('ref') });
  if (name.startsWith('pull_request')) return pullRequest(event, known, variables.id('GITHUB_SHA'));
  if (name === 'merge_group') {
    const group = event.in('merge_group');
    const target = branchOf(group.text('base_ref'));
    return eventOf({ kind: 'merge-queue', head: group.head('head_sha'), base: group.id('base_sha'), ...known, target });
  }
  return eventOf({ kind: 'other', head: variables.head('GITHUB_SHA'), ...known });
}

type Known = Pick<CiEvent, 'ref' | 'defaultBranch'>;

function pushed(event: Fields, known: Known): CiEvent {
  const ref = event.text('ref') ?? known.ref;
  const [base, head] = [event.id('before'), event.id('after')];
  if (head === null || event.get('deleted') === true) return eventOf({ kind: 'delete', head: 'HEAD', ...known, ref });
  if (ref?.startsWith('refs/tags/') === true) return eventOf({ kind: 'tag', head, ...known, ref });
  return eventOf({ kind: 'push', head, base, ...known, ref });
}

/** `base.sha` stays what it was when the pull request was opened, so the target's branch is asked too. */
function pullRequest(event: Fields, known: Known, checkedOut: string | null): CiEvent {
  const [base, head] = [event.in('pull_request').in('base'), event.in('pull_request').in('head')];
  const source = head.text('ref');
  const number = event.get('number') ?? event.in('pull_request').get('number');
  return eventOf({
    kind: 'pull-request',
    head: head.head('sha'),
    base: base.id('sha'),
    merge: checkedOut,
    ...known,
    ref: source === null ? known.ref : `refs/heads/${source}`,
    target: base.text('ref'),
    headRef: Number.isSafeInteger(number) ? `refs/pull/${String(number)}/head` : null,
  });
}
