/** What this program says of itself: in reports, in `--version`, to the servers it asks. */
export { homepage as PROJECT_PAGE, name as NAME, version as VERSION } from '../package.json';
