// The table for people and the list for machines.

const BYTES = [
  [1024 * 1024, 'MiB'],
  [1024, 'KiB'],
];

/** A value with its unit, short. */
export function show(value, unit) {
  if (value === undefined || value === null) return '';
  if (!Number.isFinite(value)) return String(value);
  if (unit === 'bytes') {
    const [size, name] = BYTES.find(([least]) => Math.abs(value) >= least) ?? [1, 'bytes'];
    return `${(value / size).toFixed(size === 1 ? 0 : 1)} ${name}`;
  }
  if (unit === 'bytes differ') return `${value} ${unit}`;
  const digits = unit === 'fps' || unit === 'dB' ? 1 : unit === 'of 255' || unit === 'SSIM' ? 3 : 2;
  return `${value.toFixed(digits)} ${unit}`;
}

/** Whether a row reached what it must; undefined where there is nothing to reach or nothing was measured. */
export function reached({ better, reach }, { value, unavailable }) {
  if (reach === undefined || unavailable || !Number.isFinite(value)) return undefined;
  return better === 'higher' ? value >= reach : value <= reach;
}

/** Lines of a table with columns as wide as what they hold. `right`: indices of columns that are aligned to the right. */
export function table(header, rows, right = []) {
  const widths = header.map((title, column) => Math.max(...[header, ...rows].map((row) => [...(row[column] ?? '')].length)));
  const pad = (text, column) => {
    const space = ' '.repeat(Math.max(0, widths[column] - [...text].length));
    return right.includes(column) ? space + text : text + space;
  };
  const line = (cells) => header.map((_, column) => pad(cells[column] ?? '', column)).join('  ').trimEnd();
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}

/** The whole report: one line a row, and below it what a figure needs to be understood. */
export function reportLines(rows, results) {
  const notes = [];
  const cells = rows.map((row) => {
    const result = results[row.name] ?? { unavailable: 'not measured' };
    const goal = row.reach === undefined ? '' : `${row.better === 'higher' ? '≥' : '≤'} ${show(row.reach, row.unit)}`;
    if (result.unavailable) {
      notes.push(`${row.name}: ${result.unavailable}`);
      return [row.name, result.ours ?? '', result.theirs ?? '', 'not available', '', goal, ''];
    }
    if (result.note) notes.push(`${row.name}: ${result.note}`);
    const spread = result.spread > 0 ? `± ${show(result.spread, row.unit).replace(/ .*/, '')}` : '';
    const verdict = { true: 'yes', false: 'NO' }[reached(row, result)] ?? '';
    return [row.name, result.ours ?? '', result.theirs ?? '', show(result.value, row.unit), spread, goal, verdict];
  });
  const header = ['row', 'ours', 'theirs', 'value', 'spread', 'must reach', 'reached'];
  return [...table(header, cells, [1, 2, 3, 4]), ...(notes.length ? ['', ...notes] : [])];
}

/** A list of jsonOf's with the rows of `fresh` in place of those of the same names, and new ones at its end. */
export function mergeJson(list, fresh) {
  const byName = new Map(list.map((row) => [row.name, row]));
  for (const row of fresh) byName.set(row.name, row);
  return [...byName.values()];
}

/** build/bench.json: name, value, unit, better, runs, spread; `value` is null where there is none, and `note` says why. */
export function jsonOf(rows, results) {
  return rows.map((row) => {
    const { name, unit, better, reach } = row;
    const { value, runs = 0, spread = 0, ours, theirs, note, unavailable } = results[name] ?? { unavailable: 'not measured' };
    const finite = unavailable || !Number.isFinite(value) ? null : value;
    return {
      ...{ name, value: finite, unit, better, runs, spread },
      ...{ reach, reached: reached(row, results[name] ?? {}), ours, theirs, note: unavailable ?? note },
    };
  });
}
