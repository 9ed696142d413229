import { parseDocument } from 'yaml';
import packageJson from '../../package.json';
import { projectFiles, readProjectFile } from '../support/project';

test('package.json has what a registry and a user look for', () => {
  const fields = ['name', 'version', 'description', 'keywords', 'homepage', 'bugs', 'repository', 'license', 'author'];
  expect(fields.filter((field) => !Object.hasOwn(packageJson, field))).toEqual([]);
  expect(packageJson.repository.url).toBe(`git+${packageJson.homepage}.git`);
  expect(packageJson.bugs).toBe(`${packageJson.homepage}/issues`);
  expect(packageJson.publishConfig).toEqual({ access: 'public' });
});

test('every issue template asks to leave secrets out', () => {
  const templates = projectFiles(/^\.github\/ISSUE_TEMPLATE\/(?!config).*\.yml$/);
  expect(templates.length).toBeGreaterThan(0);
  for (const path of templates) {
    const { body } = parseDocument(readProjectFile(path)).toJS() as { readonly body: readonly { type: string }[] };
    expect(body.some(({ type }) => type === 'textarea')).toBe(true);
    expect(readProjectFile(path)).toMatch(/do not paste/i);
  }
});

test('the security policy says where to report, and everything that points there agrees', () => {
  const address = `${packageJson.homepage}/security/advisories/new`;
  for (const path of ['SECURITY.md', '.github/ISSUE_TEMPLATE/config.yml', '.github/ISSUE_TEMPLATE/bug.yml'])
    expect(readProjectFile(path)).toContain(address);
});

test('the README’s badges are about this repository and say only what its files decide', () => {
  const badges = [...readProjectFile('README.md').matchAll(/\[!\[[^\]]*\]\(([^)]+)\)\]\(([^)]+)\)/g)];
  const workflows = projectFiles(/^\.github\/workflows\//).map((path) => path.split('/').at(-1) ?? '');
  for (const [, image = '', target = ''] of badges) {
    const workflow = /\/actions\/workflows\/([^/]+)\/badge\.svg$/.exec(image)?.[1];
    expect(image.startsWith(`${packageJson.homepage}/`)).toBe(true);
    expect(workflows).toContain(workflow);
    expect(target).toBe(image.replace(/\/badge\.svg.*/, ''));
  }
});
