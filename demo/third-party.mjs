// Vite plugin: what others have written of the page, and under which licences, as a file beside it.
import { fileURLToPath } from 'node:url';
import { keepComponents, keptComponents, notices } from '../tools/licences/notices.mjs';
import { npmComponents } from '../tools/licences/npm.mjs';

const project = fileURLToPath(new URL('.', import.meta.url));

export const thirdPartyNotices = () => ({
  name: 'third-party-notices',
  apply: 'build',
  generateBundle(_, bundle) {
    const modules = Object.values(bundle).flatMap(({ moduleIds = [] }) => moduleIds);
    // The package's build has noted what is in it.
    const components = [...keptComponents('web'), ...npmComponents(modules, project)];
    const unique = [...new Map(components.map((one) => [one.id, one])).values()];
    keepComponents('demo', unique);
    this.emitFile({ type: 'asset', fileName: 'THIRD_PARTY_NOTICES.txt', source: notices('this page', unique) });
  },
});
