import { readProjectFile } from '../support/project';

interface LockedPackage {
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(readProjectFile('package-lock.json')) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};

test('package-lock.json records no download address', () => {
  expect(Object.keys(packages).filter((path) => packages[path]?.resolved !== undefined)).toEqual([]);
});

// Where npm made the lock file with a node_modules beside it, or a registry lacks a platform's package of that version,
// the other platforms' binaries go missing, and `npm ci` refuses the file.
test('package-lock.json has the binaries of every platform', () => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) =>
        packages[`node_modules/${name}`] === undefined && packages[`${path}/node_modules/${name}`] === undefined,
    ),
  );
  expect(missing).toEqual([]);
});
