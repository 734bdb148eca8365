/** All of it, for the page: `loaded` is what the page loads by itself before anything is asked of it. */
import { keepOffline, watchOffline } from './offline.js';
import { countRequests, watchRequests } from './requests.js';

/** Also writes on the document's element, for style sheets and tests, how far the copy is, and how many requests there were since. */
export function startOffline(loaded: Promise<unknown>): void {
  const { dataset } = document.documentElement;
  watchOffline(({ copy, updated }) => {
    dataset['offline'] = copy;
    if (updated) dataset['updated'] = '';
  });
  void keepOffline(loaded).then(() => {
    countRequests();
    watchRequests(({ length }) => (dataset['requests'] = String(length)));
  });
}
