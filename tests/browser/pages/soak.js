// What the soak does in its page, from a seed: paintings of many kinds, with aborts, bad inputs, videos and new engines in between.
// `window.soak` is told how many, and says whether each was the twin of the first one with the same inputs.

const CASES = 300;
const LIVES = 400; // paintings of an engine, about

/** Mulberry32: numbers in [0, 1), the same for a seed. */
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

class Soak {
  constructor({ seed, ids, model, leak }) {
    const random = randomFrom(seed);
    this.random = random;
    this.pick = (list) => list[Math.floor(random() * list.length)];
    this.whole = (low, high) => low + Math.floor(random() * (high - low + 1));
    Object.assign(this, { ids, model, leak, first: new Map(), kept: [], done: 0, wrong: [], life: 0 });
    this.counts = { paintings: 0, aborts: 0, 'bad inputs': 0, frames: 0, files: 0, styles: 0, engines: 0 };
    this.cases = Array.from({ length: CASES }, (_, i) => this.makeCase(i));
  }

  size(i) {
    if (i % 60 === 7) return [this.whole(700, 1000), this.whole(700, 1000)];
    return i % 20 === 3 ? [this.whole(200, 400), this.whole(200, 400)] : [this.whole(8, 96), this.whole(8, 96)];
  }

  /** Inputs of a painting. */
  makeCase(i) {
    const { pick, whole } = this;
    const [width, height] = this.size(i);
    return {
      width, height, seed: whole(1, 5), style: pick([...this.ids, ...this.ids, 'mix', 'picture', 'model']), first: pick(this.ids), second: pick(this.ids), weight: whole(1, 3),
      strength: pick([1, 1, 1, 0.7, 0.3, 0]), brush: pick([1, 1, 1, 0.5, 1.25]), preserveColor: pick([false, false, true, 0.4]),
      mask: pick([0, 0, 0, 9, 40]), statistics: pick(['auto', 'auto', 'exact', 'thumbnail']), input: pick(['pixels', 'pixels', 'file', 'bitmap', 'canvas']),
    };
  }

  /** What all engines have. */
  async begin() {
    this.engine?.dispose();
    const engine = await window.bw.Brushwork.create({ threads: 2 });
    this.engine = engine;
    this.life = this.whole(LIVES / 2, LIVES * 1.5);
    this.counts.engines += 1;
    const picture = await engine.styleFromImage(window.t.picture(64, 64, 3));
    this.own = { picture, model: await engine.styleFromModel(this.model, { inputRange: [0, 255] }) };
  }

  async styleOf({ style, first, second, weight }) {
    const { engine, own } = this;
    if (style === 'mix') return engine.mix([{ style: await engine.style(first), weight: 1 }, { style: own.picture, weight }, { style: await engine.style(second), weight }]);
    return own[style] ?? style;
  }

  async photoOf({ width, height, seed, input }) {
    const photo = window.t.picture(width, height, seed);
    if (input === 'pixels') return photo;
    if (input === 'bitmap') return createImageBitmap(new ImageData(photo.data, width, height));
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d').putImageData(new ImageData(photo.data, width, height), 0, 0);
    return input === 'canvas' ? canvas : canvas.convertToBlob();
  }

  async optionsOf(made) {
    const { strength, brush, preserveColor, mask, statistics } = made;
    return { style: await this.styleOf(made), strength, brush, preserveColor, statistics, ...(mask > 0 && { mask: window.t.picture(mask, mask) }) };
  }

  async paint(number) {
    const made = this.cases[number];
    const photo = await this.photoOf(made);
    const painting = await this.engine.stylize(photo, await this.optionsOf(made));
    photo.close?.();
    const hash = await window.t.sha256(painting.data);
    const first = this.first.get(number) ?? hash;
    this.first.set(number, first);
    if (hash !== first) this.wrong.push(`case ${number}: ${JSON.stringify(made)}`);
    this.counts.paintings += 1;
    return painting;
  }

  async abort() {
    const made = this.pick(this.cases);
    const controller = new AbortController();
    const outcome = window.t.outcome(this.engine.stylize(await this.photoOf(made), { ...(await this.optionsOf(made)), signal: controller.signal }));
    setTimeout(() => controller.abort(), this.whole(0, 12));
    const { ok, code } = await outcome;
    if (!ok && code !== 'aborted') this.wrong.push(`an abort: ${code}`);
    this.counts.aborts += 1;
  }

  async badInput() {
    const { engine, ids } = this;
    const photo = window.t.picture(20, 20);
    const [needed, call] = this.pick([
      ['unsupported-image', () => engine.stylize(new Blob(['no picture']), { style: ids[0] })],
      ['unsupported-image', () => engine.stylize(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0]), { style: ids[0] })],
      ['invalid-argument', () => engine.stylize({ data: new Uint8Array(7), width: 2, height: 2 }, { style: ids[0] })],
      ['invalid-argument', () => engine.stylize(photo, { style: 'none' })],
      ['invalid-argument', () => engine.stylize(photo, { style: ids[0], strength: NaN })],
      ['unsupported-image', () => engine.stylize(photo, { style: ids[0], mask: new Blob(['no mask']) })],
      ['invalid-model', () => engine.styleFromModel(new Uint8Array(100))],
      ['unsupported-image', () => engine.styleFromImage(new Blob(['no picture']))],
    ]);
    const { code } = await window.t.outcome(call());
    if (code !== needed) this.wrong.push(`got ${code}, needed ${needed}: ${call}`);
    this.counts['bad inputs'] += 1;
  }

  async video() {
    const { readable, writable } = this.engine.video({ style: this.pick(this.ids), pacing: this.pick(['live', 'every-frame']), steadiness: this.pick([0, 0.9]) });
    const count = this.whole(1, 4);
    const write = async () => {
      const writer = writable.getWriter();
      for (let i = 0; i < count; ++i) {
        const { data } = window.t.picture(48, 36, i);
        await writer.write(new VideoFrame(data, { format: 'RGBA', codedWidth: 48, codedHeight: 36, timestamp: i * 1000 }));
      }
      await writer.close();
    };
    const read = async () => {
      const reader = readable.getReader();
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        next.value.close();
        this.counts.frames += 1;
      }
    };
    await Promise.all([write(), read()]);
  }

  async between(painting) {
    const { engine } = this;
    const chance = this.random();
    if (chance < 0.1) await this.abort();
    else if (chance < 0.2) await this.badInput();
    else if (chance < 0.23) await this.video();
    else if (chance < 0.26) await painting.toBlob(this.pick(['image/png', 'image/jpeg'])).then(() => (this.counts.files += 1));
    else if (chance < 0.28) {
      const style = engine.styleFromJSON(JSON.stringify(await engine.styleFromImage(window.t.picture(32, 24, this.whole(1, 9)))));
      await engine.stylize(window.t.picture(16, 16), { style });
      this.counts.styles += 1;
    }
  }

  /** `all`: each case once, in order. What went wrong so far. */
  async run(count, all = false) {
    for (let i = 0; i < count; ++i) {
      if (this.life-- <= 0) await this.begin();
      const painting = await this.paint(all ? i % CASES : this.whole(0, CASES - 1));
      if (this.leak && this.done % 10 === 0) this.kept.push(window.t.picture(64, 64));
      this.done += 1;
      await this.between(painting);
    }
    return this.wrong;
  }
}

window.Soak = Soak;
window.CASES = CASES;
