/** What the page and its service worker have to know of each other. */

/** From the service worker to all its pages: a request was not answered from the copy, but by the network. */
export interface WentOut {
  type: 'went-out';
  url: string;
}

/** From a page to its service worker: it is loaded. */
export interface Opened {
  type: 'opened';
}

export const isWentOut = (message: unknown): message is WentOut => isOfType(message, 'went-out');
export const isOpened = (message: unknown): message is Opened => isOfType(message, 'opened');

function isOfType(message: unknown, type: string): boolean {
  return typeof message === 'object' && message !== null && (message as { type?: unknown }).type === type;
}

/** The cache in which a shared file waits for the page. One site may have several pages such as this one, so names tell them apart. */
export const sharedCacheName = (scope: string): string => `brushwork-shared ${scope}`;
/** Where in it. */
export const SHARED_FILE = 'shared-file';
/** The file's name, percent-encoded. */
export const SHARED_NAME = 'x-brushwork-name';
/** The query of the page that a shared file is to be taken by, and the path to which the system sends it: manifest.webmanifest. */
export const SHARED = 'shared';
/** The field of the form that is sent. */
export const SHARED_FIELD = 'media';
