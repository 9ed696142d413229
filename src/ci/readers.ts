/** What each platform's variables say; GitHub's event is a file of its own kind. */
import { GuardError } from '../base/error';
import { branchOf, eventOf, type CiEvent, type Variables } from './event';

/** What most platforms tell: a tag, or else a pull request, a run that nobody's push caused, or a push. */
interface Told {
  readonly head: string;
  readonly tag?: string | null;
  readonly pullRequest?: Partial<CiEvent> | null;
  readonly isOther?: boolean;
  readonly base?: string | null;
  readonly ref: string | null;
  readonly defaultBranch?: string | null;
}

function told({ head, tag = null, pullRequest = null, isOther = false, base = null, ref, defaultBranch = null }: Told) {
  const known = { head, ref, defaultBranch };
  if (tag !== null) return eventOf({ kind: 'tag', ...known, ref: `refs/tags/${tag}` });
  if (pullRequest !== null) return eventOf({ kind: 'pull-request', ...known, ...pullRequest });
  return isOther ? eventOf({ kind: 'other', ...known }) : eventOf({ kind: 'push', ...known, base });
}

/** The variable's value where it is a number: part of a ref's name. */
function numbered(variables: Variables, name: string, ref: (number: string) => string): string | null {
  const value = variables.text(name);
  return value !== null && /^\d{1,18}$/.test(value) ? ref(value) : null;
}

/** https://docs.gitlab.com/ci/variables/predefined_variables/ */
export function readGitlab(of: Variables): CiEvent {
  const defaultBranch = of.text('CI_DEFAULT_BRANCH');
  const checkedOut = of.head('CI_COMMIT_SHA');
  if (of.text('CI_MERGE_REQUEST_IID') !== null) {
    // Only where the run is on the merge of both branches does GitLab tell their tips.
    const source = of.id('CI_MERGE_REQUEST_SOURCE_BRANCH_SHA');
    const base = of.id('CI_MERGE_REQUEST_TARGET_BRANCH_SHA', 'CI_MERGE_REQUEST_DIFF_BASE_SHA');
    const ref = of.branchRef('CI_MERGE_REQUEST_SOURCE_BRANCH_NAME');
    const headRef = numbered(of, 'CI_MERGE_REQUEST_IID', (number) => `refs/merge-requests/${number}/head`);
    const known = { base, ref, target: of.text('CI_MERGE_REQUEST_TARGET_BRANCH_NAME'), defaultBranch };
    return of.is('CI_MERGE_REQUEST_EVENT_TYPE', 'merge_train')
      ? eventOf({ kind: 'merge-queue', head: checkedOut, ...known })
      : eventOf({ kind: 'pull-request', head: source ?? checkedOut, merge: checkedOut, headRef, ...known });
  }
  if (of.text('CI_EXTERNAL_PULL_REQUEST_IID') !== null)
    return eventOf({
      kind: 'pull-request',
      head: of.head('CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA'),
      base: of.id('CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA'),
      ref: of.branchRef('CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME'),
      target: of.text('CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME'),
      defaultBranch,
    });
  const base = of.id('CI_COMMIT_BEFORE_SHA');
  return told({
    head: checkedOut,
    tag: of.text('CI_COMMIT_TAG'),
    isOther: !of.is('CI_PIPELINE_SOURCE', 'push') && base === null,
    base,
    ref: of.branchRef('CI_COMMIT_BRANCH'),
    defaultBranch,
  });
}

/** https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/; the target's commit is abbreviated there. */
export function readBitbucket(of: Variables): CiEvent {
  const target = of.text('BITBUCKET_PR_DESTINATION_BRANCH');
  return told({
    head: of.head('BITBUCKET_COMMIT'),
    tag: of.text('BITBUCKET_TAG'),
    pullRequest: of.text('BITBUCKET_PR_ID') === null ? null : { target },
    ref: of.branchRef('BITBUCKET_BRANCH'),
  });
}

/** https://circleci.com/docs/reference/variables/; those without a prefix of CircleCI's own come from our orb. */
export function readCircle(of: Variables): CiEvent {
  const isPullRequest = ['CIRCLE_PULL_REQUEST', 'CIRCLE_PR_NUMBER'].some((name) => of.text(name) !== null);
  return told({
    head: of.head('CIRCLE_SHA1'),
    tag: of.text('CIRCLE_TAG'),
    pullRequest: isPullRequest ? { target: of.text('CIRCLE_TARGET_BRANCH') } : null,
    isOther: ['scheduled_pipeline', 'api'].includes(of.text('CIRCLE_TRIGGER_SOURCE') ?? ''),
    base: of.id('CIRCLE_BASE_REVISION'),
    ref: of.branchRef('CIRCLE_BRANCH'),
    defaultBranch: of.text('CIRCLE_DEFAULT_BRANCH'),
  });
}

/** https://docs.travis-ci.com/user/environment-variables/ */
export function readTravis(of: Variables): CiEvent {
  const commit = of.head('TRAVIS_COMMIT');
  const isPullRequest = of.text('TRAVIS_PULL_REQUEST') !== null && !of.is('TRAVIS_PULL_REQUEST', 'false');
  const range = of.text('TRAVIS_COMMIT_RANGE');
  const [, base = null] = /^([0-9a-f]{7,64})\.\.\.?[0-9a-f]{7,64}$/.exec(range ?? '') ?? [];
  if (!isPullRequest && range !== null && base === null)
    throw new GuardError('unreadable', 'TRAVIS_COMMIT_RANGE is not two commits');
  return told({
    head: isPullRequest ? of.head('TRAVIS_PULL_REQUEST_SHA') : commit,
    tag: of.text('TRAVIS_TAG'),
    pullRequest: isPullRequest
      ? {
          merge: commit,
          target: of.text('TRAVIS_BRANCH'),
          ref: of.branchRef('TRAVIS_PULL_REQUEST_BRANCH'),
          headRef: numbered(of, 'TRAVIS_PULL_REQUEST', (number) => `refs/pull/${number}/head`),
        }
      : null,
    isOther: ['cron', 'api'].includes(of.text('TRAVIS_EVENT_TYPE') ?? ''),
    base: base !== null && /^0+$/.test(base) ? null : base,
    ref: of.branchRef('TRAVIS_BRANCH'),
  });
}

/**
 * The Git plugin's and the branch API's variables (https://plugins.jenkins.io/git/). The last successful build rather than
 * the last one: what stopped that is still to be judged.
 */
export function readJenkins(of: Variables): CiEvent {
  const branch = of.text('BRANCH_NAME') ?? of.text('GIT_BRANCH')?.replace(/^origin\//, '') ?? null;
  return told({
    head: of.id('GIT_COMMIT') ?? 'HEAD',
    tag: of.text('TAG_NAME'),
    pullRequest:
      of.text('CHANGE_ID') === null ? null : { target: of.text('CHANGE_TARGET'), ref: of.branchRef('CHANGE_BRANCH') },
    base: of.id('GIT_PREVIOUS_SUCCESSFUL_COMMIT', 'GIT_PREVIOUS_COMMIT'),
    ref: branch === null ? null : `refs/heads/${branch}`,
  });
}

/** https://learn.microsoft.com/azure/devops/pipelines/build/variables */
export function readAzure(of: Variables): CiEvent {
  const ref = of.text('BUILD_SOURCEBRANCH');
  const version = of.head('BUILD_SOURCEVERSION');
  const reason = of.text('BUILD_REASON');
  const isPullRequest = reason === 'PullRequest' || of.text('SYSTEM_PULLREQUEST_PULLREQUESTID') !== null;
  return told({
    head: isPullRequest ? of.head('SYSTEM_PULLREQUEST_SOURCECOMMITID') : version,
    tag: ref?.startsWith('refs/tags/') === true ? ref.slice('refs/tags/'.length) : null,
    pullRequest: isPullRequest
      ? {
          merge: version,
          target: branchOf(of.text('SYSTEM_PULLREQUEST_TARGETBRANCH')),
          ref: of.text('SYSTEM_PULLREQUEST_SOURCEBRANCH') ?? ref,
        }
      : null,
    isOther: reason !== null && reason !== 'IndividualCI' && reason !== 'BatchedCI',
    ref,
  });
}

/** https://buildkite.com/docs/pipelines/configure/environment-variables; a build by hand may be of `HEAD`. */
export function readBuildkite(of: Variables): CiEvent {
  const head = of.is('BUILDKITE_COMMIT', 'head') ? 'HEAD' : of.head('BUILDKITE_COMMIT');
  const ref = of.branchRef('BUILDKITE_BRANCH');
  const defaultBranch = of.text('BUILDKITE_PIPELINE_DEFAULT_BRANCH');
  const queued = of.id('BUILDKITE_MERGE_QUEUE_BASE_COMMIT');
  if (queued !== null) {
    const target = of.text('BUILDKITE_MERGE_QUEUE_BASE_BRANCH');
    return eventOf({ kind: 'merge-queue', head, base: queued, ref, target, defaultBranch });
  }
  const isPullRequest = of.text('BUILDKITE_PULL_REQUEST') !== null && !of.is('BUILDKITE_PULL_REQUEST', 'false');
  return told({
    head,
    tag: of.text('BUILDKITE_TAG'),
    pullRequest: isPullRequest
      ? {
          target: of.text('BUILDKITE_PULL_REQUEST_BASE_BRANCH'),
          headRef: numbered(of, 'BUILDKITE_PULL_REQUEST', (number) => `refs/pull/${number}/head`),
        }
      : null,
    isOther: ['schedule', 'ui', 'api', 'trigger_job'].includes(of.text('BUILDKITE_SOURCE') ?? ''),
    ref,
    defaultBranch,
  });
}

/** https://woodpecker-ci.org/docs/usage/environment; the base is the commit of the branch's pipeline before. */
export function readWoodpecker(of: Variables): CiEvent {
  const event = of.text('CI_PIPELINE_EVENT') ?? '';
  const isPullRequest = event.startsWith('pull_request');
  return told({
    head: of.head('CI_COMMIT_SHA'),
    tag: event === 'tag' ? of.text('CI_COMMIT_TAG') : null,
    pullRequest: isPullRequest
      ? {
          target: of.text('CI_COMMIT_TARGET_BRANCH'),
          ref: of.branchRef('CI_COMMIT_SOURCE_BRANCH'),
          headRef: numbered(of, 'CI_COMMIT_PULL_REQUEST', (number) => `refs/pull/${number}/head`),
        }
      : null,
    isOther: event !== 'push',
    base: of.id('CI_PREV_COMMIT_SHA'),
    ref: of.branchRef('CI_COMMIT_BRANCH'),
    defaultBranch: of.text('CI_REPO_DEFAULT_BRANCH'),
  });
}

/** https://docs.drone.io/pipeline/environment/reference/ */
export function readDrone(of: Variables): CiEvent {
  const event = of.text('DRONE_BUILD_EVENT') ?? '';
  return told({
    head: of.head('DRONE_COMMIT_AFTER', 'DRONE_COMMIT_SHA', 'DRONE_COMMIT'),
    tag: event === 'tag' ? of.text('DRONE_TAG') : null,
    pullRequest:
      event === 'pull_request'
        ? {
            target: of.text('DRONE_TARGET_BRANCH'),
            ref: of.branchRef('DRONE_SOURCE_BRANCH'),
            headRef: numbered(of, 'DRONE_PULL_REQUEST', (number) => `refs/pull/${number}/head`),
          }
        : null,
    isOther: event !== 'push',
    base: of.id('DRONE_COMMIT_BEFORE'),
    ref: of.branchRef('DRONE_BRANCH'),
    defaultBranch: of.text('DRONE_REPO_BRANCH'),
  });
}
