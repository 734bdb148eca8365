// Pictures for the tests, made here: PNG files of any size, and a small landscape.
import { crc32, deflateSync, inflateSync } from 'node:zlib';

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** A PNG of RGB pixels; `colorAt(x, y)` gives [r, g, b]. */
export function png(width, height, colorAt) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      rows.set(colorAt(x, y), y * (1 + width * 3) + 1 + x * 3);
    }
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A sky with a sun, a hill and water: the colours and edges of a photo, drawn by a formula. */
export function landscape(width, height) {
  return png(width, height, (x, y) => {
    const u = x / width;
    const v = y / height;
    const hill = 0.55 + 0.12 * Math.sin(5 * u) + 0.03 * Math.sin(23 * u);
    if (Math.hypot(u - 0.7, (v - 0.25) * (height / width)) < 0.07) return [255, 226, 150];
    if (v < hill) return [90 + 120 * v, 140 + 90 * v, 225 - 60 * v].map(Math.round);
    if (v < 0.78) return [60 + 40 * Math.sin(40 * u), 110 - 50 * (v - hill), 50].map(Math.round);
    return [40, 90 + 25 * Math.sin(90 * v), 140 + 30 * Math.sin(60 * v + 9 * u)].map(Math.round);
  });
}

/** The values of a PNG of eight bits, RGB or RGBA: `at(x, y, channel)`. */
export function rgb(file) {
  const [width, height, channels] = [file.readUInt32BE(16), file.readUInt32BE(20), file[25] === 6 ? 4 : 3];
  const parts = [];
  for (let at = 8; at < file.length; at += 12 + file.readUInt32BE(at)) {
    if (file.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(file.subarray(at + 8, at + 8 + file.readUInt32BE(at)));
  }
  const raw = inflateSync(Buffer.concat(parts));
  const stride = width * channels;
  const values = Buffer.alloc(height * stride);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let i = 0; i < stride; i++) {
      const left = i < channels ? 0 : values[y * stride + i - channels];
      const up = y === 0 ? 0 : values[(y - 1) * stride + i];
      const corner = i < channels || y === 0 ? 0 : values[(y - 1) * stride + i - channels];
      const guess = left + up - corner;
      const [a, b, c] = [left, up, corner].map((value) => Math.abs(guess - value));
      const paeth = a <= b && a <= c ? left : b <= c ? up : corner;
      values[y * stride + i] = raw[y * (stride + 1) + 1 + i] + [0, left, up, (left + up) >> 1, paeth][filter];
    }
  }
  return { at: (x, y, channel) => values[y * stride + x * channels + channel] };
}
