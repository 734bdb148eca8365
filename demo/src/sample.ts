/** A landscape drawn by program: the sample picture, so that the page ships nobody's photo. */

/** Mulberry32: the same numbers every time. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Heights in [0, 1] by midpoint displacement, `count` of them. */
function ridge(random: () => number, count: number, roughness: number): number[] {
  let heights = [random(), random()];
  for (let amount = 0.5; heights.length < count; amount *= roughness) {
    const finer: number[] = [];
    heights.forEach((height, i) => {
      finer.push(height);
      const next = heights[i + 1];
      if (next !== undefined) finer.push((height + next) / 2 + (random() - 0.5) * amount);
    });
    heights = finer;
  }
  return heights.slice(0, count);
}

type Context = OffscreenCanvasRenderingContext2D;

function gradient(context: Context, y0: number, y1: number, colors: string[]): CanvasGradient {
  const ramp = context.createLinearGradient(0, y0, 0, y1);
  colors.forEach((color, i) => ramp.addColorStop(i / (colors.length - 1), color));
  return ramp;
}

function drawClouds(context: Context, random: () => number, width: number, horizon: number): void {
  for (let bank = 0; bank < 9; ++bank) {
    const [x, y] = [random() * width, horizon * (0.08 + 0.55 * random())];
    const spread = width * (0.06 + 0.1 * random());
    for (let puff = 0; puff < 46; ++puff) {
      const [dx, dy] = [(random() + random() - 1) * spread, (random() + random() - 1) * spread * 0.16];
      const radius = spread * (0.06 + 0.14 * random());
      const glow = context.createRadialGradient(x + dx, y + dy, 0, x + dx, y + dy, radius);
      const shade = dy > 0 ? '214,170,170' : '255,240,222';
      glow.addColorStop(0, `rgba(${shade},0.26)`);
      glow.addColorStop(1, `rgba(${shade},0)`);
      context.fillStyle = glow;
      context.fillRect(x + dx - radius, y + dy - radius, 2 * radius, 2 * radius);
    }
  }
}

function drawMountains(context: Context, random: () => number, width: number, horizon: number): void {
  const ranges: [height: number, roughness: number, top: string, bottom: string][] = [
    [0.46, 0.56, '#8fa3bf', '#c9bfc4'],
    [0.34, 0.55, '#5f7d94', '#9aa7a8'],
    [0.2, 0.5, '#3f5f5c', '#6e8a72'],
    [0.1, 0.48, '#2f4a35', '#4c6b3d'],
  ];
  for (const [height, roughness, top, bottom] of ranges) {
    const heights = ridge(random, width, roughness);
    const crest = (x: number): number => horizon - (0.25 + 0.75 * (heights[x] ?? 0)) * height * horizon;
    context.fillStyle = gradient(context, horizon * (1 - height), horizon, [top, bottom]);
    context.beginPath();
    context.moveTo(0, horizon);
    for (let x = 0; x < width; ++x) context.lineTo(x, crest(x));
    context.lineTo(width, horizon);
    context.fill();
    // Sunlit slopes: strokes down from the crest where it faces the sun.
    context.globalAlpha = 0.16;
    for (let x = 1; x < width; ++x) {
      const rising = crest(x) - crest(x - 1);
      context.fillStyle = rising > 0 ? '#ffdca8' : '#1d2c44';
      context.fillRect(x, crest(x), 1, height * horizon * (0.1 + 0.35 * random()));
    }
    context.globalAlpha = 1;
  }
}

function drawLake(context: Context, random: () => number, width: number, height: number, horizon: number): void {
  context.save();
  context.globalAlpha = 0.62;
  context.translate(0, 2 * horizon);
  context.scale(1, -1);
  context.drawImage(context.canvas, 0, 0, width, horizon, 0, 0, width, horizon);
  context.restore();
  context.fillStyle = gradient(context, horizon, height, ['rgba(40,80,110,0.25)', 'rgba(12,38,58,0.75)']);
  context.fillRect(0, horizon, width, height - horizon);
  for (let wave = 0; wave < 900; ++wave) {
    const depth = random() ** 1.6;
    const y = horizon + depth * (height - horizon);
    const near = Math.exp(-(((random() - 0.5) * 3) ** 2));
    const x = wave % 3 === 0 ? width * (0.68 + 0.12 * (random() - 0.5) * (0.4 + depth)) : random() * width;
    context.fillStyle = wave % 3 === 0 ? `rgba(255,222,160,${0.5 * near})` : `rgba(${random() < 0.5 ? '220,235,245' : '10,35,60'},0.16)`;
    context.fillRect(x, y, width * (0.006 + 0.03 * depth * random()), 1 + 2.5 * depth);
  }
}

function drawTree(context: Context, random: () => number, x: number, foot: number, height: number): void {
  context.fillStyle = '#2a2018';
  context.fillRect(x - height * 0.018, foot - height * 0.3, height * 0.036, height * 0.3);
  for (let leaf = 0; leaf < 420; ++leaf) {
    const up = random();
    const reach = (1 - up) * height * 0.2 + height * 0.012;
    const side = (random() + random() - 1) * reach;
    const light = 0.5 + 0.5 * (side / reach);
    context.fillStyle = `rgb(${22 + 52 * light * random()},${48 + 58 * light * random()},${30 + 18 * random()})`;
    context.fillRect(x + side, foot - height * (0.1 + 0.9 * up), height * 0.024, height * 0.012);
  }
}

function drawShore(context: Context, random: () => number, width: number, height: number): void {
  const heights = ridge(random, width, 0.45);
  const bank = (x: number): number => height * (0.93 - 0.12 * Math.max(0, 1 - x / (width * 0.55)) - 0.03 * (heights[x] ?? 0));
  context.fillStyle = gradient(context, height * 0.78, height, ['#5d6b35', '#2c351c']);
  context.beginPath();
  context.moveTo(0, height);
  for (let x = 0; x < width; ++x) context.lineTo(x, bank(x));
  context.lineTo(width, height);
  context.fill();
  for (let blade = 0; blade < 5200; ++blade) {
    const x = Math.floor(random() * width);
    const y = bank(x) + random() ** 0.7 * (height - bank(x));
    context.fillStyle = `hsl(${62 + 40 * random()} ${35 + 25 * random()}% ${18 + 26 * random()}%)`;
    context.fillRect(x, y - 9, 1.5, 6 + 8 * random());
  }
  for (let flower = 0; flower < 230; ++flower) {
    const x = Math.floor(random() * width);
    const y = bank(x) + 6 + random() * (height - bank(x));
    context.fillStyle = ['#e9c84a', '#d9573c', '#f3ece0', '#a976c2'][Math.floor(random() * 4)] ?? '#fff';
    context.beginPath();
    context.arc(x, y, 1.6 + 2.4 * random(), 0, 7);
    context.fill();
  }
}

/** A lake at evening, with mountains, clouds, trees and flowers. */
export function drawSample(width = 1200, height = 800): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this browser has no 2d canvas');
  const random = randomNumbers(7);
  const horizon = Math.round(height * 0.58);
  context.fillStyle = gradient(context, 0, horizon, ['#3f6ea3', '#86a9c6', '#e9cfae', '#f7b98a']);
  context.fillRect(0, 0, width, horizon);
  const sun = context.createRadialGradient(width * 0.68, horizon * 0.62, 0, width * 0.68, horizon * 0.62, horizon * 0.7);
  sun.addColorStop(0, 'rgba(255,248,220,1)');
  sun.addColorStop(0.07, 'rgba(255,240,196,1)');
  sun.addColorStop(0.1, 'rgba(255,226,170,0.6)');
  sun.addColorStop(1, 'rgba(255,200,140,0)');
  context.fillStyle = sun;
  context.fillRect(0, 0, width, horizon);
  drawClouds(context, random, width, horizon);
  drawMountains(context, random, width, horizon);
  drawLake(context, random, width, height, horizon);
  drawShore(context, random, width, height);
  const trees: [x: number, foot: number, size: number][] = [
    [0.06, 0.9, 0.62], [0.13, 0.93, 0.5], [0.2, 0.9, 0.34], [0.29, 0.93, 0.24], [0.95, 0.97, 0.4],
  ];
  for (const [x, foot, size] of trees) drawTree(context, random, x * width, foot * height, size * height);
  return canvas;
}
