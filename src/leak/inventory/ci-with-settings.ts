import { collector, type Collector } from './collect';
import { looksLikeKeyName, referenceIn, type Binding, type PlacedUse } from './use';
import { bindingsFrom, readYaml, visitMaps, type YamlValue } from './yaml-places';

/**
 * CI services that put the variables of the project's settings into every job's environment: what a file does not set
 * comes from there, under the variable's own name.
 */

/** Source: https://docs.gitlab.com/ci/yaml/ */
export function readGitlabCi(text: string): PlacedUse[] {
  const found = collector('settings');
  for (const root of readYaml(text).roots) {
    const outer = gitlabVariables(root, null, found);
    const preparing = [root.get('before_script'), root.get('default').get('before_script')];
    for (const [name, job] of root.entries) {
      if (!job.isMap || name === 'variables') continue;
      const context = `job ${name}`;
      const own = gitlabVariables(job, context, found);
      const before = job.get('before_script').exists ? [job.get('before_script')] : preparing;
      // The script runs in the shell of before_script; after_script has one of its own.
      const scripts = [job.get('script'), job.get('run')].filter(({ exists }) => exists);
      const bindings = [...outer, ...own];
      if (scripts.length > 0 || job.get('before_script').exists)
        found.scripts(
          [...before, ...scripts].filter(({ exists }) => exists),
          { bindings, context },
        );
      if (job.get('after_script').exists) found.scripts([job.get('after_script')], { bindings, context });
    }
  }
  return found.finish();
}

function gitlabVariables(holder: YamlValue, context: string | null, found: Collector): readonly Binding[] {
  const variables = holder.get('variables').entries.map(([name, value]): Binding => {
    const text = value.text ?? value.get('value').text;
    return { name, reference: text === null ? null : referenceIn(text), line: value.line };
  });
  const secrets = holder
    .get('secrets')
    .entries.map(([name, value]): Binding => ({ name, reference: null, line: value.line }));
  for (const [name, value] of holder.get('id_tokens').entries)
    if (value.get('aud').items.some(({ text }) => text === 'crates.io'))
      found.add({
        line: value.line,
        secretName: null,
        command: 'Trusted Publishing',
        context: context ?? `id token ${name}`,
      });
  const all = [...variables, ...secrets];
  found.declare(all, context);
  return all;
}

/** Source: https://circleci.com/docs/reference/configuration-reference/ */
export function readCircleCi(text: string): PlacedUse[] {
  const found = collector('settings');
  // A parameter is pasted in before any shell sees the script: as a variable, it can be followed.
  const source = text.replace(/<<\s*(?:pipeline\.)?parameters\.([\w-]+)\s*>>/g, (_all, name: string) =>
    parameterVariable(name),
  );
  for (const root of readYaml(source).roots) {
    const pipeline = circleParameters(root);
    for (const [, workflow] of root.get('workflows').entries)
      for (const job of workflow.get('jobs').items) circleArguments(job, null, found);
    const executors = root
      .get('executors')
      .entries.flatMap(([, executor]) => bindingsFrom(executor.get('environment')));
    found.declare(executors, null);
    for (const kind of ['jobs', 'commands'] as const)
      for (const [name, holder] of root.get(kind).entries) {
        const context = `${kind === 'jobs' ? 'job' : 'command'} ${name}`;
        const own = bindingsFrom(holder.get('environment'));
        found.declare(own, context);
        const bindings = [...pipeline, ...circleParameters(holder), ...executors, ...own];
        circleSteps(holder.get('steps').items, { bindings, context }, found);
      }
  }
  return found.finish();
}

function parameterVariable(name: string): string {
  return `parameter__${name.replaceAll('-', '_')}`;
}

/** Parameters stand for the name of a variable, or hold what a default says; without one, the caller decides. */
function circleParameters(holder: YamlValue): readonly Binding[] {
  return holder.get('parameters').entries.map(([name, value]): Binding => {
    const fallback = value.get('default');
    const secret = fallback.text === null || fallback.text === '' ? null : variableNamed(fallback.text);
    return {
      name: parameterVariable(name),
      reference: secret === null ? { kind: 'unnamed' } : { kind: 'secret', name: secret },
      line: secret === null ? value.line : fallback.line,
    };
  });
}

/** `NAME`, `$NAME` or `${NAME}`. */
function variableNamed(text: string): string | null {
  return /^\$?\{?([A-Za-z_]\w*)\}?$/.exec(text)?.[1] ?? null;
}

/** A command or job, of this file or of an orb, that is told the name of the variable with the key. */
function circleArguments(step: YamlValue, context: string | null, found: Collector): void {
  for (const [command, given] of step.entries) {
    if (['run', 'when', 'unless'].includes(command)) continue;
    for (const [parameter, value] of given.entries) {
      const secretName = variableNamed(value.text ?? '');
      if (secretName === null || secretName.startsWith(parameterVariable(''))) continue;
      if (looksLikeKeyName(secretName) && (/^[A-Z_0-9]+$/.test(secretName) || looksLikeKeyName(parameter)))
        found.add({ line: value.line, secretName, command, context });
    }
  }
}

function circleSteps(
  steps: readonly YamlValue[],
  scope: { bindings: readonly Binding[]; context: string },
  found: Collector,
): void {
  let lasting: readonly Binding[] = [];
  for (const step of steps) {
    circleArguments(step, scope.context, found);
    const run = step.get('run');
    for (const nested of ['when', 'unless'])
      if (step.get(nested).isMap) circleSteps(step.get(nested).get('steps').items, scope, found);
    if (!run.exists) continue;
    const script = run.isMap ? run.get('command') : run;
    const own = run.isMap ? bindingsFrom(run.get('environment')) : [];
    found.declare(own, scope.context);
    const name = run.get('name').text;
    const context = name === null ? scope.context : `${scope.context}, step "${name}"`;
    lasting = found.scripts([script], { bindings: [...scope.bindings, ...own], context, lasting });
  }
}

const TRAVIS_PHASES = [
  'before_install',
  'install',
  'before_script',
  'script',
  'after_success',
  'after_failure',
  'before_deploy',
  'after_deploy',
  'after_script',
];

/** Source: https://docs.travis-ci.com/user/job-lifecycle/ and https://github.com/travis-ci/dpl (the provider `cargo`) */
export function readTravisCi(text: string): PlacedUse[] {
  const found = collector('settings');
  for (const root of readYaml(text).roots) {
    const outer = travisVariables(root, null, found);
    travisPhases(root, outer, null, found);
    for (const job of [...root.get('jobs').get('include').items, ...root.get('matrix').get('include').items]) {
      const context = job.get('name').text ?? job.get('stage').text;
      const own = travisVariables(job, context, found);
      travisPhases(job, [...outer, ...own], context, found);
    }
  }
  return found.finish();
}

function travisVariables(holder: YamlValue, context: string | null, found: Collector): readonly Binding[] {
  const env = holder.get('env');
  const parts =
    env.get('global').exists || env.get('jobs').exists || env.get('matrix').exists
      ? [env.get('global'), env.get('jobs'), env.get('matrix')]
      : [env];
  const bindings = parts.flatMap(bindingsFrom).filter(({ name }) => name !== 'secure');
  found.declare(bindings, context);
  return bindings;
}

function travisPhases(holder: YamlValue, bindings: readonly Binding[], context: string | null, found: Collector): void {
  let lasting = found.scripts(
    TRAVIS_PHASES.slice(0, 7)
      .map((phase) => holder.get(phase))
      .filter(({ exists }) => exists),
    { bindings, context },
  );
  for (const deploy of holder.get('deploy').items) {
    const provider = deploy.get('provider').text;
    if (provider === 'script') lasting = found.scripts([deploy.get('script')], { bindings, context, lasting });
    if (provider !== 'cargo') continue;
    const token = deploy.get('token');
    // dpl reads every option from the environment too, as CARGO_TOKEN; "secure" is encrypted in this very file.
    const secretName = token.exists ? (token.text === null ? null : (nameOf(token.text) ?? null)) : 'CARGO_TOKEN';
    found.add({
      line: token.exists ? token.line : deploy.get('provider').line,
      secretName,
      command: 'deploy provider cargo',
      context,
    });
  }
  found.scripts(
    TRAVIS_PHASES.slice(7)
      .map((phase) => holder.get(phase))
      .filter(({ exists }) => exists),
    { bindings, context, lasting },
  );
}

function nameOf(text: string): string | null {
  const reference = referenceIn(text);
  return reference === null || reference.kind === 'unnamed' ? null : reference.name;
}

/** Source: https://support.atlassian.com/bitbucket-cloud/docs/bitbucket-pipelines-configuration-reference/ */
export function readBitbucketPipelines(text: string): PlacedUse[] {
  const found = collector('settings');
  for (const root of readYaml(text).roots)
    visitMaps(root, (step, path) => {
      if (!step.get('script').exists || step.get('pipe').exists) return;
      const deployment = step.get('deployment').text;
      const name = step.get('name').text ?? path.filter((key) => key !== '[]' && key !== 'step').join('/');
      const context = `step ${name}${deployment === null ? '' : `, deployment ${deployment}`}`;
      const scripts = step.get('script').items.filter(({ isMap }) => !isMap);
      const lasting = found.scripts(scripts, { bindings: [], context });
      if (step.get('after-script').exists)
        found.scripts([step.get('after-script')], { bindings: [], context, lasting });
      for (const pipe of step.get('script').items) found.declare(bindingsFrom(pipe.get('variables')), context);
    });
  return found.finish();
}
