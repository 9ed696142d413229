import { historySource } from '../../../src/sources/history';
import { pushSource } from '../../../src/sources/push';
import { rangeSource } from '../../../src/sources/range';
import { temporaryRepository, type Repository } from '../../support/repository';
import { scan } from '../../support/scanning';
import type { SourceContext } from '../../../src/sources/content';

let repository: Repository;
beforeEach(() => {
  repository = temporaryRepository();
});
afterEach(() => {
  repository.remove();
});

/** As detection has it: what lies at a credentials file's name is to be looked at, whatever its bytes are. */
const mayHold: SourceContext['mayHold'] = (_bytes, path) => path !== null && /(?:^|\/)credentials$/.test(path);

test('what only its name makes suspect is found by every source that reads blobs before their names', async () => {
  const { path: cwd, env } = repository;
  repository.stage('base.txt', 'base\n');
  const base = repository.commit('base');
  repository.stage('deep/er/credentials', 'token = "x"\n');
  repository.stage('other', 'token = "x" \n');
  const tip = repository.commit('leak');
  const input = `refs/heads/main ${tip} refs/heads/main ${base}\n`;
  for (const source of [
    rangeSource({ cwd, env, range: `${base}..HEAD` }),
    pushSource({ cwd, env, remote: { name: 'origin', url: '/x' }, input }),
    historySource({ cwd, env }),
    historySource({ cwd, env, since: '2020-01-01' }),
  ]) {
    const { contents } = await scan(source, { mayHold });
    expect(contents.map(({ path, where }) => [path, where])).toEqual([['deep/er/credentials', 'file']]);
  }
});
