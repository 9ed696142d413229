// Loaded into every Node.js process of a measured command: at its end each leaves its peak memory, in kilobytes.
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const STATUS = '/proc/self/status';

/** On Linux, getrusage's figure starts with that of the process that started this one; the kernel's own does not. */
function peak() {
  if (!existsSync(STATUS)) return process.resourceUsage().maxRSS;
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(STATUS, 'utf8'))[1]);
}

process.on('exit', () => writeFileSync(join(process.env.RECORD_MEMORY_IN, String(process.pid)), String(peak())));
