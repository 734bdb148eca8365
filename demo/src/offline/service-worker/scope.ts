/// <reference lib="webworker" />
/** This thread, as TypeScript does not know it by itself. */
declare const self: ServiceWorkerGlobalScope;

export const worker = self;
/** The folder of the page: it may be any on its host. */
export const scope = self.registration.scope;
