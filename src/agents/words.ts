/** What the guard says, to a person and to the model: what was found, masked, and what to do instead. */
import { maskText } from '../detect/mask';
import { RULES } from '../rules/all';
import type { Finding } from '../scan/report';
import type { EventKind } from './event';
import type { FileVerdict } from './files';

/** Why an event is stopped. */
export type Cause =
  | { readonly kind: 'text'; readonly findings: readonly Finding[] }
  | { readonly kind: 'file'; readonly verdict: FileVerdict }
  | { readonly kind: 'key-store'; readonly path: string }
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'unjudged'; readonly why: string };

const STOPPED: Readonly<Record<EventKind, string>> = {
  prompt: 'cratesguard stopped this prompt',
  call: 'cratesguard denied this tool call',
  output: 'cratesguard hid this output',
  'failed-output': 'cratesguard could not hide this output',
};

/** The reason that goes with a stop. */
export function reasonFor(cause: Cause, event: EventKind): string {
  const stopped = STOPPED[event];
  switch (cause.kind) {
    case 'text':
      return textReason(cause.findings, event);
    case 'file':
      return fileReason(cause.verdict, event);
    case 'key-store':
      return `${stopped}: it shows ${maskText(cause.path)}, where Cargo keeps registry keys. The key is not needed here: cargo publish, cargo yank and cargo owner read it from there themselves.`;
    case 'environment':
      return `${stopped}: it shows the variable ${cause.variable}, which holds a key. To see whether it is set, run: test -n "\${${cause.variable}:-}". Cargo reads it from the environment itself; to see other variables, name them: printenv PATH`;
    case 'unjudged':
      return `${stopped} because it could not be checked: ${maskText(cause.why)}. Tell the user; 'cratesguard agents status' says more.`;
  }
}

function textReason(findings: readonly Finding[], event: EventKind): string {
  const what = listed(findings);
  const allow = allowance(findings, event);
  switch (event) {
    case 'prompt':
      return `cratesguard stopped this prompt before it was sent: it holds ${what}. Take the key out, then send it again; an agent needs no key, Cargo reads it from the environment or its own store.${allow}`;
    case 'call':
      return `cratesguard denied this tool call: it holds ${what}. Do not write a key into a command, a file or a request. Let Cargo read it from the variable CARGO_REGISTRY_TOKEN or from its own store; in CI, refer to a secret of the platform.${allow}`;
    case 'output':
      return `cratesguard masked ${what} in this output; the rest is as it was. Do not try to get at the key in another way: go on without it, and tell the user where it is.${allow}`;
    case 'failed-output':
      return `cratesguard found ${what} in the output of a command that failed, and this agent lets no hook hide such output: the model has seen the key. Revoke it: a crates.io key at https://crates.io/settings/tokens, another one at its registry.`;
  }
}

function fileReason({ file, blocked, failure }: FileVerdict, event: EventKind): string {
  const name = maskText(file.shown);
  const stopped = event === 'prompt' ? `${STOPPED.prompt} before it was sent` : STOPPED[event];
  if (blocked.length === 0)
    return `${stopped}: ${name} could not be scanned for keys (${failure ?? 'unknown'}), and unread is never clean.`;
  const lines = [...new Set(blocked.map(({ line }) => line))].sort((a, b) => a - b);
  const at = lines.length > 10 ? `${lines.slice(0, 10).join(', ')} and more` : lines.join(', ');
  const todo =
    event === 'prompt'
      ? 'Take the key out of the file, or leave the file out of the prompt.'
      : 'Do not try to read it in another way. The other lines of the file may be read where the tool takes a range; else ask the user to take the key out of the file.';
  return `${stopped}: ${name} holds ${listed(blocked)} on line ${at}. ${todo}${allowance(blocked, event)}`;
}

function listed(findings: readonly Finding[]): string {
  const kinds = new Map<string, string>();
  for (const { rule, secret } of findings)
    kinds.set(rule, `a ${RULES.find(({ id }) => id === rule)?.summary ?? rule} (${secret})`);
  return [...kinds.values()].join(' and ');
}

function allowance(findings: readonly Finding[], event: EventKind): string {
  const [fingerprint] = findings.flatMap((finding) => finding.fingerprint ?? []);
  if (fingerprint === undefined) return '';
  return event === 'prompt'
    ? ` Not a secret? Run: cratesguard allow ${fingerprint} --reason 'WHY'`
    : ` Only the user may decide that it is no secret (cratesguard allow ${fingerprint} --reason 'WHY').`;
}
