import { GuardError } from '../error';
import type { RunCommand } from './command';

export const runScan: RunCommand = () => Promise.reject(new GuardError('unsupported', 'scan comes with the scan room'));
