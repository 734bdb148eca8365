/** The styles to choose from, and what the package takes for a look. */
import type { Brushwork, Style, StyleInfo } from 'brushwork';
import { computed, effect, signal } from '@preact/signals';
import { weightsAt } from '../panel/mixer-weights.js';
import { builtInStyles } from './engine.js';
import { begin, change } from './history.js';
import { type Choice, type Look, settings } from './state.js';
import { licenceText, styleTitle, texts } from './texts.js';

const own = signal<Choice[]>([]);

export const choices = computed<Choice[]>(() => [...builtInStyles.value.map(builtIn), ...own.value]);

function builtIn(info: StyleInfo): Choice {
  const licence = licenceText(info.licence);
  const credit = info.artist ? texts().after(info.artist, licence) : licence;
  return { id: info.id, title: styleTitle(info.id, info.title), credit, style: info.id, own: false };
}

/** With the first styles there is a look. */
effect(() => {
  const first = builtInStyles.value[0];
  if (first && !settings.peek().look) begin({ look: { kind: 'style', id: first.id } });
});

/** Adds a style of the user's, and chooses it. */
export function addOwn(style: Style, credit: string): void {
  own.value = [...own.value, { id: style.id, title: style.title, credit, style, own: true }];
  change({ look: { kind: 'style', id: style.id } });
}

export const choiceOf = (id: string): Choice | undefined => choices.value.find((choice) => choice.id === id);

/** `Starry Night`, or `Starry Night 60 %, Isfahan 40 %`. */
export function titleOf(look: Look): string {
  if (look.kind === 'style') return choiceOf(look.id)?.title ?? look.id;
  const weights = weightsAt(look.ids.length, look.x, look.y);
  return look.ids
    .map((id, i) => [choiceOf(id)?.title ?? id, Math.round(100 * (weights[i] ?? 0))] as const)
    .filter(([, percent]) => percent > 0)
    .map(([title, percent]) => `${title} ${percent} %`)
    .join(', ');
}

/** For file names: `starry-night`, `starry-night+isfahan`. */
export const slugOf = (look: Look): string => (look.kind === 'style' ? look.id : look.ids.join('+'));

async function styleOf(engine: Brushwork, id: string, signal?: AbortSignal): Promise<Style> {
  const style = choiceOf(id)?.style ?? id;
  return typeof style === 'string' ? engine.style(style, { signal }) : style;
}

/** What `stylize` and `video` take. */
export async function resolve(engine: Brushwork, look: Look, signal?: AbortSignal): Promise<Style> {
  if (look.kind === 'style') return styleOf(engine, look.id, signal);
  const styles = await Promise.all(look.ids.map((id) => styleOf(engine, id, signal)));
  const weights = weightsAt(look.ids.length, look.x, look.y);
  return engine.mix(styles.map((style, i) => ({ style, weight: weights[i] ?? 0 })));
}
