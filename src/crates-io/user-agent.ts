import { version } from '../../package.json';

/**
 * crates.io's data access policy (https://crates.io/data-access) asks for an agent that names the program and a way to
 * reach its makers, and refuses requests without one.
 */
export const USER_AGENT = `cratesguard/${version} (https://github.com/cratesguard/cratesguard)`;
