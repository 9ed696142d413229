import { historySteps, scanningStep, sinceFact, tellStep, yankStep } from './aftermath';
import { BACKGROUND } from './background';
import { auditStep, distinctSecrets, noteLastUsed, revokeSteps, verifyStep } from './keys';
import type { Plan, Section, Step } from './plan';
import { preventionSteps } from './prevention';
import { newKeyStep, serviceSteps, testNewKeyStep, whereStep } from './services';
import type { Situation } from './situation';

/**
 * The run book for a situation. A public key is revoked before anything else; a private one is replaced first, so that
 * nothing stops working. Either way evidence comes before the first request with the key.
 */
export function makePlan(situation: Situation): Plan {
  const { findings, exposure } = situation;
  return {
    title:
      findings === null ? 'Run book for a leaked crates.io key' : 'Run book for the leaked keys of this repository',
    facts: facts(situation),
    sections: exposure === 'private' ? privateOrder(situation) : publicOrder(situation),
  };
}

function publicOrder(situation: Situation): readonly Section[] {
  return numbered([
    [
      'contain',
      'Contain: at once',
      [...where(situation), noteLastUsed(), ...revokeSteps(situation), ...verify(situation)],
    ],
    ['audit', 'Find out what was done with it', [auditStep(situation)]],
    ['strangers', 'If a stranger was there', [yankStep(situation), tellStep(situation)]],
    [
      'replace',
      'Put a new key where the old one was',
      [newKeyStep(situation), ...serviceSteps(situation), testNewKeyStep(situation)],
    ],
    ...afterwards(situation),
  ]);
}

function privateOrder(situation: Situation): readonly Section[] {
  return numbered([
    ['evidence', 'Evidence first', [...where(situation), noteLastUsed()]],
    [
      'replace',
      'Replace it, while it still works',
      [newKeyStep(situation), ...serviceSteps(situation), testNewKeyStep(situation)],
    ],
    ['contain', 'Revoke the old key', [...revokeSteps(situation), ...verify(situation)]],
    ['audit', 'Find out what was done with it', [auditStep(situation)]],
    ['strangers', 'If a stranger was there', [yankStep(situation), tellStep(situation)]],
    ...afterwards(situation),
  ]);
}

type Row = readonly [id: string, title: string, steps: readonly Step[]];

function afterwards(situation: Situation): readonly Row[] {
  return [
    ['history', 'Clean up the history', historySteps(situation)],
    ['secret-scanning', 'What to expect from GitHub', [scanningStep(situation)]],
    ['prevention', 'Prevention', preventionSteps(situation)],
    ['background', 'Background', BACKGROUND],
  ];
}

function numbered(rows: readonly Row[]): readonly Section[] {
  return rows
    .filter(([, , steps]) => steps.length > 0)
    .map(([id, title, steps], index) => ({ id, title: `${index + 1}. ${title}`, steps }));
}

function where(situation: Situation): readonly Step[] {
  return situation.findings?.length === 0 ? [] : [whereStep(situation)];
}

/** Only an API key can be asked about. */
function verify(situation: Situation): readonly Step[] {
  const { findings } = situation;
  return findings === null || findings.length === 0 || findings.some(({ rule }) => rule === 'crates-io-api-token')
    ? [verifyStep(situation)]
    : [];
}

function facts(situation: Situation): readonly string[] {
  const { findings, exposure, unreadByScan, crates, remote, uses } = situation;
  const lines: string[] = [];
  if (findings === null)
    lines.push(
      'No report was given, so this is the general run book: make one with "cratesguard scan --history --format json --output report.json" and pass it with --report.',
    );
  else if (findings.length === 0)
    lines.push(
      'The report has no finding that counts. If a key left in another way (a log, a chat, a package), this run book holds all the same.',
    );
  else {
    const secrets = distinctSecrets(findings).length;
    lines.push(
      `${secrets === 1 ? 'One secret' : `${secrets} secrets`} in ${findings.length === 1 ? 'one place' : `${findings.length} places`}.`,
      sinceFact(situation),
    );
  }
  if (unreadByScan > 0) lines.push(`The scan could not read ${unreadByScan} of its inputs: there may be more.`);
  if (exposure === 'private')
    lines.push(
      'Treated as private: only people whom you trust have had it. In doubt, make this plan again with --exposure public.',
    );
  else
    lines.push(
      `Treated as public${exposure === null ? ', because nobody said otherwise (--exposure private)' : ''}: revoke first, mend afterwards.`,
    );
  if (crates.length > 0) lines.push(`Crates here: ${crates.join(', ')}.`);
  if (remote !== null) lines.push(`Remote ${remote.name}: ${remote.url}`);
  lines.push(
    uses.length === 0 ? 'Nothing here uses a key.' : `Places here that use a key: ${uses.length}.`,
    'Run the commands from the top of this repository.',
  );
  return lines;
}
