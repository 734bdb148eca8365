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

/** Smooth noise in [0, 1] over x, with detail down to `octaves` halvings of `wavelength`; sharp crests where `sharp`. */
function ridge(random: () => number, wavelength: number, octaves: number, sharp: boolean): (x: number) => number {
  const lattice = Array.from({ length: 1024 }, random);
  const value = (position: number): number => {
    const cell = Math.floor(position);
    const t = position - cell;
    const [a, b] = [lattice[cell & 1023] ?? 0, lattice[(cell + 1) & 1023] ?? 0];
    return a + (b - a) * t * t * (3 - 2 * t);
  };
  return (x) => {
    let [sum, weight, total] = [0, 1, 0];
    for (let octave = 0; octave < octaves; ++octave, weight *= 0.5) {
      const noise = value((x / wavelength) * 2 ** octave + 37 * octave);
      sum += weight * (sharp ? 1 - Math.abs(2 * noise - 1) : noise);
      total += weight;
    }
    return sum / total;
  };
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

interface Range {
  height: number; // of the highest crest, as a part of the sky
  wavelength: number;
  sharp: boolean;
  lit: string;
  shaded: string;
  foot: string;
}

const RANGES: Range[] = [
  { height: 0.78, wavelength: 420, sharp: true, lit: '#c9b3b4', shaded: '#7d8fb0', foot: '#b9b6c4' },
  { height: 0.5, wavelength: 300, sharp: true, lit: '#a7937f', shaded: '#4e6688', foot: '#8fa0a6' },
  { height: 0.26, wavelength: 260, sharp: false, lit: '#7d8c55', shaded: '#35585a', foot: '#6b8468' },
  { height: 0.13, wavelength: 180, sharp: false, lit: '#566b34', shaded: '#233f33', foot: '#45603a' },
];

function drawMountains(context: Context, random: () => number, width: number, horizon: number): void {
  for (const { height, wavelength, sharp, lit, shaded, foot } of RANGES) {
    const crest = ridge(random, wavelength, 7, sharp);
    const top = (x: number): number => horizon * (1 - height * (0.15 + 0.85 * crest(x)));
    context.fillStyle = gradient(context, horizon * (1 - height), horizon, [shaded, foot]);
    context.beginPath();
    context.moveTo(0, horizon + 1);
    for (let x = 0; x < width; ++x) context.lineTo(x, top(x));
    context.lineTo(width, horizon + 1);
    context.fill();
    // Faces: each stroke takes its light from the crest that lies up the slope, so that faces run down slantwise.
    context.lineCap = 'round';
    for (let stroke = 0; stroke < 5200; ++stroke) {
      const x = random() * width;
      const depth = horizon - top(x);
      const below = depth * random() ** 1.4;
      const origin = x - below * 0.7;
      const slope = top(origin + 5) - top(origin - 5);
      context.strokeStyle = slope > 0 ? lit : shaded;
      context.globalAlpha = 0.34 * (1 - below / (depth + 1));
      context.lineWidth = 2 + 5 * random();
      context.beginPath();
      context.moveTo(x, top(x) + below + context.lineWidth);
      context.lineTo(x + 7 * random(), top(x) + below + 6 + 16 * random());
      context.stroke();
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

/** A spruce: boughs that hang outwards from the trunk, longer towards the foot, lit from the right. */
function drawTree(context: Context, random: () => number, x: number, foot: number, height: number): void {
  context.strokeStyle = '#2a2018';
  context.lineWidth = height * 0.022;
  context.beginPath();
  context.moveTo(x, foot);
  context.lineTo(x, foot - height * 0.97);
  context.stroke();
  context.lineCap = 'round';
  for (let bough = 0; bough < 900; ++bough) {
    const up = 1 - Math.sqrt(random());
    const reach = height * (0.015 + 0.2 * (1 - up) * (0.75 + 0.25 * Math.sin(up * 60)));
    const side = random() * 2 - 1;
    const [bx, by] = [x + side * reach * 0.7, foot - height * (0.09 + 0.9 * up) + Math.abs(side) * reach * 0.35];
    const light = 0.25 + 0.5 * (side + 1) * random();
    context.strokeStyle = `rgb(${18 + 70 * light},${42 + 70 * light},${34 + 20 * light})`;
    context.lineWidth = height * (0.003 + 0.006 * random());
    context.beginPath();
    context.moveTo(bx, by);
    context.quadraticCurveTo(bx + side * reach * 0.2, by - height * 0.004, bx + side * reach * 0.3, by + height * 0.022);
    context.stroke();
  }
}

function drawShore(context: Context, random: () => number, width: number, height: number): void {
  const bumps = ridge(random, 160, 5, false);
  const bank = (x: number): number => height * (0.94 - 0.12 * Math.max(0, 1 - x / (width * 0.55)) - 0.05 * bumps(x));
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

/** The grain every photo has. A perfectly smooth sky gives a generator nothing to lay its strokes along. */
function addGrain(context: Context, random: () => number, width: number, height: number): void {
  const strength = 18; // of the brightest grain, in levels; averaging four leaves about 5
  const picture = context.getImageData(0, 0, width, height);
  const grain = Float32Array.from({ length: (width + 1) * (height + 1) }, () => strength * (2 * random() - 1));
  const at = (index: number): number => grain[index] ?? 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const corner = y * (width + 1) + x;
      const level = (at(corner) + at(corner + 1) + at(corner + width + 1) + at(corner + width + 2)) / 4;
      const pixel = 4 * (y * width + x);
      for (let channel = pixel; channel < pixel + 3; channel++) {
        picture.data[channel] = (picture.data[channel] ?? 0) + level; // clamped by the array
      }
    }
  }
  context.putImageData(picture, 0, 0);
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
  addGrain(context, random, width, height);
  return canvas;
}
