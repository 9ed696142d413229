import { collector, type Collector } from './collect';
import { looksLikeKeyName, referenceIn, type Binding, type PlacedUse } from './use';
import { bindingsFrom, readYaml, visitMaps, type YamlValue } from './yaml-places';

/** CI services whose secrets reach a step only where the file hands them over by name. */

const AZURE_SCRIPTS = ['script', 'bash', 'pwsh', 'powershell'] as const;

/** Source: https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/ */
export function readAzurePipelines(text: string): PlacedUse[] {
  const found = collector('none');
  for (const root of readYaml(text).roots) azureLevel(root, [], null, found);
  return found.finish();
}

/** Stages, jobs, deployments and templates nest; variables count for all that is below them. */
function azureLevel(level: YamlValue, outer: readonly Binding[], outerContext: string | null, found: Collector): void {
  const variables = azureVariables(level.get('variables'));
  found.declare(variables, outerContext);
  const bindings = [...outer, ...variables];
  const name = level.get('job').text ?? level.get('deployment').text ?? level.get('stage').text;
  const context = name === null ? outerContext : `job ${name}`;
  let lasting: readonly Binding[] = [];
  for (const step of level.get('steps').items.flatMap(azureSteps))
    lasting = azureStep(step, { bindings, lasting, context }, found);
  for (const [key, inner] of level.entries)
    if (key !== 'steps' && key !== 'variables')
      for (const item of inner.items) if (item.isMap) azureLevel(item, bindings, context, found);
}

/** Steps under `${{ if … }}` and `${{ each … }}` are steps like the others. */
function azureSteps(step: YamlValue): readonly YamlValue[] {
  const conditional = step.entries.filter(([key]) => key.startsWith('${{'));
  return conditional.length === 0 ? [step] : conditional.flatMap(([, inner]) => inner.items.flatMap(azureSteps));
}

function azureVariables(variables: YamlValue): readonly Binding[] {
  if (variables.isMap) return bindingsFrom(variables);
  return variables.items.flatMap((item) => {
    const name = item.get('name').text;
    return name === null
      ? []
      : [{ name, reference: referenceIn(item.get('value').text ?? ''), line: item.get('name').line }];
  });
}

function azureStep(
  step: YamlValue,
  scope: { bindings: readonly Binding[]; lasting: readonly Binding[]; context: string | null },
  found: Collector,
): readonly Binding[] {
  const own = bindingsFrom(step.get('env'));
  const title = step.get('displayName').text;
  const context =
    title === null ? scope.context : [scope.context, `step "${title}"`].filter((part) => part !== null).join(', ');
  found.declare(own, context);
  const template = step.get('template').text;
  if (template !== null)
    for (const [parameter, value] of step.get('parameters').entries) {
      const reference = referenceIn(value.text ?? '');
      if (reference?.kind === 'variable' && (looksLikeKeyName(parameter) || looksLikeKeyName(reference.name)))
        found.add({ line: value.line, secretName: reference.name, command: template, context });
    }
  const inputs = step.get('inputs');
  const scripts = [
    ...AZURE_SCRIPTS.map((key) => step.get(key)),
    inputs.get('script'),
    inputs.get('inline'),
    inputs.get('inlineScript'),
  ];
  // Every script is a process of its own: what it exports is gone, what it hands over to later steps stays.
  let { lasting } = scope;
  for (const script of scripts.filter(({ exists }) => exists)) {
    const exported = new Set(script.script()?.facts.bindings.map(({ name }) => name));
    lasting = found
      .scripts([script], { bindings: [...scope.bindings, ...own], context, lasting })
      .filter(({ name }) => !exported.has(name));
  }
  return lasting;
}

/** Source: https://docs.drone.io/pipeline/overview/ and https://woodpecker-ci.org/docs/usage/workflow-syntax */
export function readDrone(text: string): PlacedUse[] {
  const found = collector('none');
  for (const root of readYaml(text).roots) {
    const outer = bindingsFrom(root.get('environment'));
    found.declare(outer, null);
    const named = [...root.get('steps').entries, ...root.get('pipeline').entries];
    const listed = root.get('steps').isSequence
      ? root.get('steps').items.map((step) => [step.get('name').text ?? '', step] as const)
      : [];
    let lasting: readonly Binding[] = [];
    for (const [name, step] of [...named, ...listed]) {
      const context = `step ${name}`;
      const own = [...bindingsFrom(step.get('environment')), ...woodpeckerSecrets(step.get('secrets'))];
      found.declare(own, context);
      for (const [setting, value] of step.get('settings').entries) {
        const secretName = value.get('from_secret').text;
        if (secretName !== null && (looksLikeKeyName(setting) || looksLikeKeyName(secretName)))
          found.add({ line: value.get('from_secret').line, secretName, command: step.get('image').text, context });
      }
      const commands = [step.get('commands'), step.get('command')].filter(({ exists }) => exists);
      // The workspace is shared between the steps, their shells are not; the home folder is not either, but plugins differ.
      lasting = found.scripts(commands, {
        bindings: [...outer, ...own],
        context,
        lasting: lasting.filter(({ name: variable }) => variable === 'CARGO_REGISTRY_TOKEN'),
      });
    }
  }
  return found.finish();
}

/** `secrets: [cargo_registry_token]` puts each into the environment, in capitals; `source`/`target` name both sides. */
function woodpeckerSecrets(secrets: YamlValue): readonly Binding[] {
  return secrets.items.flatMap((item): Binding[] => {
    const source = item.text ?? item.get('source').text;
    if (source === null) return [];
    const target = item.get('target').text ?? source;
    return [
      {
        name: target.toUpperCase(),
        reference: { kind: 'secret', name: source },
        line: item.isMap ? item.get('source').line : item.line,
      },
    ];
  });
}

/** Source: https://docs.docker.com/reference/compose-file/ */
export function readCompose(text: string): PlacedUse[] {
  const found = collector('none');
  for (const root of readYaml(text).roots) {
    for (const [name, service] of root.get('services').entries) {
      const context = `service ${name}`;
      const bindings = [...bindingsFrom(service.get('environment')), ...bindingsFrom(service.get('build').get('args'))];
      found.declare(bindings, context);
      for (const key of ['command', 'entrypoint'] as const)
        readArguments(service.get(key), { bindings, context }, found);
    }
    for (const [name, secret] of root.get('secrets').entries) {
      const variable = secret.get('environment').text;
      if (looksLikeKeyName(name) || (variable !== null && looksLikeKeyName(variable)))
        found.add({ line: secret.line, secretName: variable ?? name, command: null, context: `secret ${name}` });
    }
  }
  return found.finish();
}

/** A command as a string is a script; as a list it is the words of one command, or a shell with its script. */
function readArguments(
  value: YamlValue,
  scope: { bindings: readonly Binding[]; context: string | null },
  found: Collector,
): void {
  if (!value.exists) return;
  if (!value.isSequence) {
    found.scripts([value], scope);
    return;
  }
  const last = value.items.at(-1);
  const words = value.items.map(({ text }) => text ?? '');
  const isScript = words.slice(0, -1).some((word) => /(^|\/)(ba|z|da|a)?sh$/.test(word)) || words.length === 1;
  if (isScript && last !== undefined) found.scripts([last], scope);
  else found.words(words, value.items[0]?.line ?? value.line, scope);
}

/** Pods of any workload, Secrets, and what other kinds hold in `script` and `data`. Source: https://kubernetes.io/docs/reference/ */
export function readKubernetes(text: string): PlacedUse[] {
  const found = collector('none');
  for (const root of readYaml(text).roots) {
    const kind = root.get('kind').text;
    if (kind === null || !root.get('apiVersion').exists) continue;
    const context = `${kind} ${root.get('metadata').get('name').text ?? ''}`.trim();
    if (/secret/i.test(kind)) readKubernetesSecret(root, context, found);
    visitMaps(root, (holder, path) => {
      const bindings = kubernetesVariables(holder.get('env'));
      found.declare(bindings, context);
      const isContainer = path.at(-2) !== undefined && /containers$|^steps$|^container$/i.test(path.at(-2) ?? '');
      if (isContainer || holder.get('image').exists)
        for (const key of ['command', 'args'] as const) readArguments(holder.get(key), { bindings, context }, found);
      if (holder.get('script').text !== null) found.scripts([holder.get('script')], { bindings, context });
      if (kind === 'ConfigMap' && path.at(-1) === 'data')
        found.scripts(
          holder.entries.map(([, value]) => value),
          { bindings, context },
        );
    });
  }
  return found.finish();
}

function readKubernetesSecret(root: YamlValue, context: string, found: Collector): void {
  const secretName = root.get('metadata').get('name').text;
  for (const part of ['data', 'stringData'] as const)
    for (const [key, value] of root.get(part).entries)
      if (looksLikeKeyName(key)) found.add({ line: value.line, secretName, command: null, context });
  for (const item of root.get('spec').get('data').items) {
    const key = item.get('secretKey');
    if (key.text !== null && looksLikeKeyName(key.text))
      found.add({ line: key.line, secretName, command: null, context });
  }
}

function kubernetesVariables(env: YamlValue): readonly Binding[] {
  if (!env.isSequence) return [];
  return env.items.flatMap((item): Binding[] => {
    const name = item.get('name').text;
    if (name === null) return [];
    const secret = item.get('valueFrom').get('secretKeyRef').get('name');
    if (secret.text !== null)
      return [{ name, reference: { kind: 'secret', name: secret.text }, line: item.get('name').line }];
    return [{ name, reference: referenceIn(item.get('value').text ?? ''), line: item.get('name').line }];
  });
}
