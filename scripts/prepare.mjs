// npm runs this after an install in a checkout and before it packs: it builds dist/ and lets husky point git at .husky/.
// Without the development dependencies there is nothing to do it with, and that is no error.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

if (existsSync('node_modules/esbuild')) {
  await import('./build.mjs');
  if (!process.env.CI && existsSync('node_modules/husky')) {
    const { default: husky } = await import('husky');
    const reason = husky(); // outside a git checkout it does nothing and says so
    if (reason !== '') console.log(`husky: ${reason}`);
  }
} else {
  console.log('cratesguard: not built, because its development dependencies are not installed');
}
