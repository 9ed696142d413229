import { GuardError } from '../error';
import type { RunCommand } from './command';

export const runHook: RunCommand = () => Promise.reject(new GuardError('unsupported', 'hook comes with the scan room'));
