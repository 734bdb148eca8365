/** That nothing leaves the device, and how anyone can see it. */
import { signal } from '@preact/signals';
import { number } from '../app/language.js';
import { type Offline, watchOffline } from '../offline/offline.js';
import { watchRequests } from '../offline/requests.js';
import { detailsTexts } from './texts.js';

const requests = signal<readonly string[]>([]);
const offline = signal<Offline>({ copy: 'making', updated: false, isolation: 'none' });
watchRequests((urls) => (requests.value = urls));
watchOffline((state) => (offline.value = state));

export function Privacy(): preact.JSX.Element {
  const t = detailsTexts();
  const { copy, updated } = offline.value;
  return (
    <p class="privacy" id="privacy">
      <span id="requests" title={requests.value.join('\n')}>
        {copy === 'making' ? t.loading : t.requests(requests.value.length, number(requests.value.length))}
      </span>{' '}
      {copy === 'ready' && <span id="offline">{t.offline}</span>}{' '}
      {updated && <span id="updated" role="status">{t.updated}</span>}
    </p>
  );
}

/** Why there are no threads here, and whether there will be. */
export const threadsNextTime = (): boolean => offline.value.isolation === 'next-load';
