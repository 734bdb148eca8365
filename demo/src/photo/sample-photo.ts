/** What is on the easel before anybody has brought a photo. */
import { computed } from '@preact/signals';
import { begin } from '../app/history.js';
import { type Photo, photo } from '../app/state.js';
import { photoFrom } from './open.js';
import { drawSample } from './sample.js';

let sample: Photo | undefined;

export const isSample = computed(() => photo.value !== undefined && photo.value === sample);

export function openSample(): void {
  sample = photoFrom(drawSample(), 'sample');
  begin({}, sample);
}
