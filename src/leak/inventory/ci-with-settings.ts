import { collector, type Collector } from './collect';
import { referenceIn, type Binding, type PlacedUse } from './use';
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
  for (const root of readYaml(text).roots) {
    const executors = root
      .get('executors')
      .entries.flatMap(([, executor]) => bindingsFrom(executor.get('environment')));
    found.declare(executors, null);
    for (const kind of ['jobs', 'commands'] as const)
      for (const [name, holder] of root.get(kind).entries) {
        const context = `${kind === 'jobs' ? 'job' : 'command'} ${name}`;
        const own = bindingsFrom(holder.get('environment'));
        found.declare(own, context);
        circleSteps(holder.get('steps').items, { bindings: [...executors, ...own], context }, found);
      }
  }
  return found.finish();
}

function circleSteps(
  steps: readonly YamlValue[],
  scope: { bindings: readonly Binding[]; context: string },
  found: Collector,
): void {
  let lasting: readonly Binding[] = [];
  for (const step of steps) {
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
