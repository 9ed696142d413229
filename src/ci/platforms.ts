/** Every platform: how it is recognised, what its variables say, and how its clones are made whole. */
import { GuardError } from '../base/error';
import { Variables, type CiEvent } from './event';
import { EVENT_FILE, readGithub } from './github';
import {
  readAzure,
  readBitbucket,
  readBuildkite,
  readCircle,
  readDrone,
  readGitlab,
  readJenkins,
  readTravis,
  readWoodpecker,
} from './readers';

export interface Platform {
  readonly id: string;
  readonly name: string;
  /** What makes a clone whole there, for a message. */
  readonly wholeClone: string;
  /** The variable that names a file with the event, where there is one. */
  readonly eventFile?: string;
  readonly isHere: (variables: Variables) => boolean;
  /**
   * @param payload what the event file holds
   * @throws GuardError 'unreadable' where something is missing or no id, with the variable's name
   */
  readonly read: (variables: Variables, payload: unknown) => CiEvent;
}

export const PLATFORMS = [
  {
    id: 'github',
    name: 'GitHub Actions',
    wholeClone: '`fetch-depth: 0` at actions/checkout',
    eventFile: EVENT_FILE,
    isHere: (of) => ['GITHUB_ACTIONS', 'GITEA_ACTIONS', 'FORGEJO_ACTIONS'].some((name) => of.is(name)),
    read: readGithub,
  },
  {
    id: 'gitlab',
    name: 'GitLab CI',
    wholeClone: '`GIT_DEPTH: "0"` under `variables`',
    isHere: (of) => of.is('GITLAB_CI'),
    read: readGitlab,
  },
  {
    id: 'bitbucket',
    name: 'Bitbucket Pipelines',
    wholeClone: '`clone: depth: full`',
    isHere: (of) => of.text('BITBUCKET_BUILD_NUMBER') !== null,
    read: readBitbucket,
  },
  {
    id: 'circleci',
    name: 'CircleCI',
    wholeClone: '`checkout: method: full`',
    isHere: (of) => of.is('CIRCLECI'),
    read: readCircle,
  },
  {
    id: 'travis',
    name: 'Travis CI',
    wholeClone: '`git: depth: false`',
    isHere: (of) => of.is('TRAVIS'),
    read: readTravis,
  },
  {
    id: 'jenkins',
    name: 'Jenkins',
    wholeClone: '`cloneOption(shallow: false, noTags: false)` and a refspec with all branches',
    isHere: (of) => of.text('JENKINS_URL') !== null,
    read: readJenkins,
  },
  {
    id: 'azure',
    name: 'Azure Pipelines',
    wholeClone: "`fetchDepth: '0'` at the checkout step",
    isHere: (of) => of.is('TF_BUILD'),
    read: readAzure,
  },
  {
    id: 'buildkite',
    name: 'Buildkite',
    wholeClone: '`BUILDKITE_GIT_CLONE_FLAGS` without `--depth`',
    isHere: (of) => of.is('BUILDKITE'),
    read: readBuildkite,
  },
  {
    id: 'woodpecker',
    name: 'Woodpecker',
    wholeClone: '`partial: false` and `depth: 0` at the clone step',
    isHere: (of) => of.is('CI', 'woodpecker'),
    read: readWoodpecker,
  },
  {
    id: 'drone',
    name: 'Drone',
    wholeClone: '`clone: depth: 0`',
    isHere: (of) => of.is('DRONE'),
    read: readDrone,
  },
] as const satisfies readonly Platform[];

/**
 * The platform that runs this. Of two, the inner one where it says so itself: act, which runs GitHub's workflows anywhere,
 * sets ACT; Woodpecker puts its name into CI, which every other platform sets to something else.
 *
 * @throws GuardError 'usage' for none, and for two of which neither says so
 */
export function platformOf(env: NodeJS.ProcessEnv): Platform {
  const variables = new Variables(env);
  const found: Platform[] = PLATFORMS.filter(({ isHere }) => isHere(variables));
  const [first, second] = found;
  if (first === undefined)
    throw new GuardError('usage', 'scan --ci: none of the CI platforms it knows runs this', {
      hint: `It knows ${PLATFORMS.map(({ name }) => name).join(', ')}. Elsewhere, name the commits: cratesguard scan --range A..B`,
    });
  if (second === undefined) return first;
  const inner = variables.is('ACT') ? 'github' : variables.is('CI', 'woodpecker') ? 'woodpecker' : '';
  const one = found.find(({ id }) => id === inner);
  if (one !== undefined) return one;
  throw new GuardError('usage', `scan --ci: this looks like ${found.map(({ name }) => name).join(' and ')} at once`, {
    hint: 'Unset the variables of the outer one, or name the commits: cratesguard scan --range A..B',
  });
}
