/** Where to paint: tools to draw it with. */
import type { ComponentChildren } from 'preact';
import { settings } from '../app/state.js';
import { type Tool, clearRegion, invertRegion, tool, toolSize } from '../view/region.js';
import { panelTexts } from './texts.js';

const TOOLS: Tool[] = ['none', 'brush', 'lasso', 'eraser'];

export function RegionTools(): preact.JSX.Element {
  const t = panelTexts();
  const { region } = settings.value;
  return (
    <fieldset class="region">
      <legend>{t.region}</legend>
      <div class="segments">
        {TOOLS.map((name) => (
          <label key={name} class="segment">
            <input type="radio" name="tool" value={name} checked={tool.value === name} onChange={() => (tool.value = name)} />
            <span>{t.tools[name]}</span>
          </label>
        ))}
      </div>
      {tool.value !== 'none' && <p class="hint">{t.regionHint}</p>}
      {(tool.value === 'brush' || tool.value === 'eraser') && (
        <div class="field">
          <div class="field-head"><label for="tool-size">{t.toolSize}</label></div>
          <input
            id="tool-size"
            type="range"
            min={2}
            max={40}
            value={Math.round(toolSize.value * 100)}
            onInput={(event) => (toolSize.value = event.currentTarget.valueAsNumber / 100)}
          />
        </div>
      )}
      {region && (
        <div class="buttons">
          <Small id="region-invert" onClick={invertRegion}>{t.invert}</Small>
          <Small id="region-clear" onClick={clearRegion}>{t.clear}</Small>
        </div>
      )}
    </fieldset>
  );
}

function Small({ id, onClick, children }: { id: string; onClick: () => void; children: ComponentChildren }): preact.JSX.Element {
  return <button class="button small" id={id} type="button" onClick={onClick}>{children}</button>;
}
