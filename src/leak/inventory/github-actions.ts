import { collector, type Collector } from './collect';
import { readShell } from './shell';
import { usesInScript } from './resolve';
import { isKeyVariable, looksLikeKeyName, referenceIn, type Binding, type PlacedUse } from './use';
import { bindingsFrom, readYaml, type YamlValue } from './yaml-places';

/** Actions that publish with `CARGO_REGISTRY_TOKEN` from their environment. */
const PUBLISHING_ACTIONS =
  /^(release-plz\/action|marcoieni\/release-plz-action|release-plz\/release-plz-action|cycjimmy\/semantic-release-action|cargo-bins\/release-rust)$/i;
const TRUSTED_PUBLISHING_ACTION = 'rust-lang/crates-io-auth-action';

/**
 * Workflows and composite actions: `env` of workflow, job and step, scripts, inputs of actions, secrets handed to
 * reusable workflows, and the Trusted Publishing action, whose short-lived key is no stored secret.
 * Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax
 */
export function readGithubWorkflow(text: string): PlacedUse[] {
  const found = collector('none');
  for (const root of readYaml(text).roots) {
    const outer = bindingsFrom(root.get('env'));
    found.declare(outer, null);
    for (const [name, job] of root.get('jobs').entries) readJob(name, job, outer, found);
    readSteps(root.get('runs').get('steps').items, outer, 'action', found);
  }
  return found.finish();
}

function readJob(name: string, job: YamlValue, outer: readonly Binding[], found: Collector): void {
  const environment = job.get('environment').text ?? job.get('environment').get('name').text;
  const context = jobContext(name, environment);
  const own = bindingsFrom(job.get('env'));
  found.declare(own, context);
  const called = job.get('uses').text;
  if (called !== null) readReusable(job, called, context, found);
  const bindings = [...outer, ...own];
  found.declare(bindingsFrom(job.get('container').get('env')), context);
  readSteps(job.get('steps').items, [...bindings, ...bindingsFrom(job.get('container').get('env'))], context, found);
}

function jobContext(name: string, environment: string | null): string {
  return `job ${name}${environment === null ? '' : `, environment ${environment}`}`;
}

/** The environment that a use's context names; null for none, and for one that is computed when the job runs. */
export function environmentIn(context: string): string | null {
  const name = /, environment (.+?)(?:, step "|$)/.exec(context)?.[1] ?? null;
  return name === null || name.includes('${{') ? null : name;
}

function readReusable(job: YamlValue, called: string, context: string, found: Collector): void {
  const secrets = job.get('secrets');
  const command = withoutRevision(called);
  if (secrets.text === 'inherit' && /publish|release|crate|cargo/i.test(called))
    found.add({ line: secrets.line, secretName: null, command, context });
  for (const [name, value] of secrets.entries) {
    const reference = referenceIn(value.text ?? '');
    const secretName = reference === null || reference.kind === 'unnamed' ? null : reference.name;
    if (looksLikeKeyName(name) || (secretName !== null && looksLikeKeyName(secretName)))
      found.add({ line: value.line, secretName, command, context });
  }
}

function readSteps(
  steps: readonly YamlValue[],
  bindings: readonly Binding[],
  jobContext: string,
  found: Collector,
): void {
  let lasting: readonly Binding[] = [];
  for (const step of steps) {
    const name = step.get('name').text ?? step.get('id').text;
    const context = name === null ? jobContext : `${jobContext}, step "${name}"`;
    const own = bindingsFrom(step.get('env'));
    const run = step.get('run').script();
    if (run !== null) {
      const read = usesInScript(run, { bindings: [...bindings, ...lasting, ...own], ambient: 'none', context });
      for (const use of read.uses) found.add(use);
      // A step's shell ends with it: only a login, a file or $GITHUB_ENV reaches the next one.
      lasting = [...lasting, ...read.lasting];
    }
    const action = step.get('uses');
    if (action.text !== null)
      readAction(step, withoutRevision(action.text), { bindings: [...bindings, ...lasting], own, context }, found);
    found.declare(own, context);
  }
}

interface StepScope {
  readonly bindings: readonly Binding[];
  readonly own: readonly Binding[];
  readonly context: string;
}

function readAction(step: YamlValue, action: string, { bindings, own, context }: StepScope, found: Collector): void {
  const line = step.get('uses').line;
  const inputs = step.get('with');
  if (action.toLowerCase() === TRUSTED_PUBLISHING_ACTION) {
    found.add({ line, secretName: null, command: `${action} (Trusted Publishing)`, context });
    return;
  }
  for (const [name, value] of inputs.entries) {
    const reference = referenceIn(value.text ?? '');
    if (
      reference?.kind === 'secret' &&
      (looksLikeKeyName(name) || looksLikeKeyName(reference.name) || name === 'registry-token')
    )
      found.add({ line: value.line, secretName: reference.name, command: action, context });
  }
  const script = actionScript(action, inputs);
  if (script !== null) {
    const read = usesInScript(
      { facts: readShell(script.text), fileLine: () => script.line },
      { bindings: [...bindings, ...own], ambient: 'none', context },
    );
    for (const use of read.uses) found.add(use);
  } else if (PUBLISHING_ACTIONS.test(action) && inputs.get('command').text !== 'release-pr') {
    const facts = {
      commands: [{ command: action, line: 1, given: undefined, variable: 'CARGO_REGISTRY_TOKEN' }],
      bindings: [],
      lasting: [],
    };
    for (const use of usesInScript(
      { facts, fileLine: () => line },
      { bindings: [...bindings, ...own], ambient: 'none', context },
    ).uses)
      found.add(use);
  } else {
    for (const binding of own.filter((each) => isKeyVariable(each.name))) {
      const secretName =
        binding.reference === null
          ? binding.name
          : binding.reference.kind === 'unnamed'
            ? null
            : binding.reference.name;
      found.add({ line: binding.line, secretName, command: action, context });
    }
  }
}

/** Inputs of actions that are commands. */
function actionScript(action: string, inputs: YamlValue): { text: string; line: number } | null {
  if (
    /^(actions-rs|actions-rust-lang|clechasseur\/rs-cargo|houseabsolute)\/?/.test(action) &&
    inputs.get('command').text !== null
  )
    return {
      text: `cargo ${inputs.get('command').text ?? ''} ${inputs.get('args').text ?? ''}`,
      line: inputs.get('command').line,
    };
  const input = inputs.entries.find(
    ([name, value]) => /^(run|script|cmd|command|args|publish)$/.test(name) && /\bcargo\s/.test(value.text ?? ''),
  );
  return input === undefined ? null : { text: input[1].text ?? '', line: input[1].line };
}

function withoutRevision(action: string): string {
  return action.replace(/@.*$/, '');
}
