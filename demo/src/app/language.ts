/** The page's two languages. Each part of the page keeps its texts beside itself, in both, as a value of one type. */
import { computed, effect, signal } from '@preact/signals';

export type Language = 'en' | 'zh';

const KEY = 'brushwork.language';

function preferred(): Language {
  const kept = localStorage.getItem(KEY);
  if (kept === 'en' || kept === 'zh') return kept;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export const language = signal<Language>(preferred());

effect(() => {
  document.documentElement.lang = language.value === 'zh' ? 'zh-Hans' : 'en';
  localStorage.setItem(KEY, language.value);
});

/** A function that gives the texts in the present language; a component that calls it is drawn again when the language changes. */
export function words<Texts>(both: Record<Language, Texts>): () => Texts {
  const present = computed(() => both[language.value]);
  return () => present.value;
}

/** A number as people of the language write it. */
export function number(value: number, digits = 0): string {
  return value.toLocaleString(language.value === 'zh' ? 'zh-CN' : 'en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
