/** Strength, colours and brush: what photos, camera and video have in common. */
import { change } from '../app/history.js';
import { number } from '../app/language.js';
import { settings } from '../app/state.js';
import { panelTexts } from './texts.js';

const BRUSHES = [2, 1, 0.7, 0.5, 0.35];

export function Sliders(): preact.JSX.Element {
  const t = panelTexts();
  const { strength, preserveColor, brush } = settings.value;
  return (
    <>
      <Percent id="strength" label={t.strength} value={strength} onChange={(value) => change({ strength: value })} />
      <Percent id="colours" label={t.colours} value={preserveColor} onChange={(value) => change({ preserveColor: value })} />
      <div class="field">
        <div class="field-head">
          <label for="brush">{t.brush}</label>
          <output for="brush">{t.brushNames[String(brush)]}</output>
        </div>
        <input
          id="brush"
          type="range"
          min={0}
          max={BRUSHES.length - 1}
          step={1}
          value={BRUSHES.indexOf(brush)}
          aria-valuetext={t.brushNames[String(brush)] ?? String(brush)}
          onInput={(event) => change({ brush: BRUSHES[event.currentTarget.valueAsNumber] ?? 1 })}
        />
      </div>
    </>
  );
}

interface PercentProps {
  id: string;
  label: string;
  value: number; // 0 to 1
  onChange: (value: number) => void;
}

function Percent({ id, label, value, onChange }: PercentProps): preact.JSX.Element {
  const shown = `${number(Math.round(value * 100))} %`;
  return (
    <div class="field">
      <div class="field-head">
        <label for={id}>{label}</label>
        <output id={`${id}-value`} for={id}>{shown}</output>
      </div>
      <input
        id={id}
        type="range"
        min={0}
        max={100}
        step={5}
        value={Math.round(value * 100)}
        aria-valuetext={shown}
        onInput={(event) => onChange(event.currentTarget.valueAsNumber / 100)}
      />
    </div>
  );
}
