import { agentAnswer } from '../../agents/hook';
import { AGENT_IDS, isAgentId } from '../../agents/table';
import { GuardError } from '../../base/error';
import type { Outcome } from '../../outcome';
import type { Io } from '../io';
import { writeFormatted } from '../output';

/** `cratesguard hook agent NAME [EVENT]`: what the hooks in an agent's configuration call. */
export async function runAgentHook([agent = '', event]: readonly string[], io: Io): Promise<Outcome> {
  if (!isAgentId(agent))
    throw new GuardError('usage', 'hook agent needs the name of an agent', {
      hint: `It knows ${AGENT_IDS.join(', ')}.`,
    });
  const { stdin, cwd, env, signal } = io;
  // Masked by the judge. It is JSON that the agent parses, and what an allowlist lets through stays as it is.
  writeFormatted(io.stdout, await agentAnswer({ agent, event, stdin, cwd, env, signal }));
  return { kind: 'clean' };
}
