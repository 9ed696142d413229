// Loaded into every Node.js process of a measured command: at its end each leaves its peak memory, in kilobytes.
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');

process.on('exit', () =>
  writeFileSync(join(process.env.RECORD_MEMORY_IN, String(process.pid)), String(process.resourceUsage().maxRSS)),
);
