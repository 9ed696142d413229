import { readDockerfile } from './dockerfile';
import { readJustfile, readMakefile, readShellScript } from './build-files';
import { readCargoConfig, readCargoManifest, readCargoRelease, readReleasePlz } from './cargo-files';
import { readAzurePipelines, readCompose, readDrone, readKubernetes } from './ci-explicit';
import { readBitbucketPipelines, readCircleCi, readGitlabCi, readTravisCi } from './ci-with-settings';
import { readGithubWorkflow } from './github-actions';
import { readPackageJson, readSemanticRelease, readSemanticReleaseScript } from './javascript-files';
import { readJenkinsfile } from './jenkinsfile';
import { readOther } from './other';
import { readTerraform } from './terraform';
import type { PlacedUse } from './use';

/** A kind of file that can use a key. */
export interface FileKind {
  /** The service's stable name in the output. */
  readonly service: string;
  /** On the path from the folder that is looked through, `/` between folders. */
  readonly matches: RegExp;
  /** What a file must hold to be worth parsing, where it is not the usual words. */
  readonly keywords?: RegExp;
  /** Throws where the file is not what its name says. */
  readonly read: (text: string) => readonly PlacedUse[];
}

/** The first kind that matches a path reads the file. */
const FILE_KINDS: readonly FileKind[] = [
  {
    service: 'github-actions',
    matches: /(^|\/)\.(github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$/,
    read: readGithubWorkflow,
  },
  { service: 'github-actions', matches: /(^|\/)action\.ya?ml$/, read: readGithubWorkflow },
  {
    service: 'gitlab-ci',
    matches: /(^|\/)([^/]*\.)?gitlab-ci\.ya?ml$|(^|\/)\.gitlab(-ci)?\/.*\.ya?ml$/,
    read: readGitlabCi,
  },
  { service: 'circleci', matches: /(^|\/)\.circleci\/.*\.ya?ml$/, read: readCircleCi },
  { service: 'travis-ci', matches: /(^|\/)\.travis\.ya?ml$/, read: readTravisCi },
  {
    service: 'jenkins',
    matches: /(^|\/)(Jenkinsfile([._-][^/]*)?|[^/]+\.jenkinsfile|jenkins\/.*\.groovy)$/i,
    read: readJenkinsfile,
  },
  { service: 'bitbucket-pipelines', matches: /(^|\/)bitbucket-pipelines\.ya?ml$/, read: readBitbucketPipelines },
  {
    service: 'azure-pipelines',
    matches: /(^|\/)\.?azure-pipelines?[^/]*\.ya?ml$|(^|\/)\.?(azure-pipelines|azuredevops|azure-devops)\/.*\.ya?ml$/,
    read: readAzurePipelines,
  },
  { service: 'drone', matches: /(^|\/)\.drone\.ya?ml$/, read: readDrone },
  { service: 'woodpecker', matches: /(^|\/)\.woodpecker(\.ya?ml|\/.*\.ya?ml)$/, read: readDrone },
  { service: 'docker-compose', matches: /(^|\/)(docker-)?compose[^/]*\.ya?ml$/, read: readCompose },
  {
    service: 'docker',
    matches: /(^|\/)((Docker|Container)file([._-][^/]*)?|[^/]+\.(docker|container)file)$/i,
    read: readDockerfile,
  },
  { service: 'cargo-make', matches: /(^|\/)Makefile\.toml$/, read: readOther },
  { service: 'make', matches: /(^|\/)((GNUm|m|M)akefile([._-][^/]*)?|[^/]+\.(mk|mak))$/, read: readMakefile },
  { service: 'just', matches: /(^|\/)(\.?justfile|[^/]+\.just)$/i, read: readJustfile },
  { service: 'npm', matches: /(^|\/)package\.json$/, read: readPackageJson },
  { service: 'semantic-release', matches: /(^|\/)\.releaserc(\.(json|ya?ml))?$/, read: readSemanticRelease },
  {
    service: 'semantic-release',
    matches: /(^|\/)(\.releaserc|release\.config)\.[cm]?[jt]s$/,
    read: readSemanticReleaseScript,
  },
  { service: 'release-plz', matches: /(^|\/)\.?release-plz\.toml$/, keywords: /^/, read: readReleasePlz },
  { service: 'cargo-release', matches: /(^|\/)\.?release\.toml$/, keywords: /^/, read: readCargoRelease },
  {
    service: 'cargo-release',
    matches: /(^|\/)Cargo\.toml$/,
    keywords: /metadata\s*\.\s*release|\brelease\s*=/,
    read: readCargoManifest,
  },
  {
    service: 'cargo-config',
    matches: /(^|\/)\.cargo\/(config|credentials)(\.toml)?$/,
    keywords: /token|key|registr|credential|alias|env/i,
    read: readCargoConfig,
  },
  { service: 'terraform', matches: /\.(tf|tofu|tfvars)$/, read: readTerraform },
  { service: 'env-file', matches: /(^|\/)\.env(rc|\.[^/]*)?$|\.env$/, read: readShellScript },
  { service: 'shell', matches: /\.(sh|bash|zsh|ksh|fish|ps1|psm1|bat|cmd)$/i, read: readShellScript },
  { service: 'kubernetes', matches: /\.ya?ml$/, read: readKubernetes },
];

/** A file without an extension is a script where its first line says so. */
export const SCRIPT_KIND: FileKind = { service: 'shell', matches: /(^|\/)[^/.]+$/, read: readShellScript };

/** Any other text file. The last resort: it finds the line, and is certain of no name. */
export const OTHER_KIND: FileKind = { service: 'other', matches: /^/, read: readOther };

/** A file without one of these words uses no key, so it is not parsed, nor reported where it is broken. */
const KEYWORDS = /cargo|crates|release-plz|semantic-release/i;

/** False only where a file of this kind with this text holds no use. */
export function mayUseKey(kind: FileKind, text: string): boolean {
  return (kind.keywords ?? KEYWORDS).test(text);
}

export function kindOf(path: string): FileKind {
  return (
    FILE_KINDS.find(({ matches }) => matches.test(path)) ?? (SCRIPT_KIND.matches.test(path) ? SCRIPT_KIND : OTHER_KIND)
  );
}
