// How two pictures of RGBA bytes differ. The pages and the tests use it; alpha is not compared.

/** Peak signal to noise ratio in decibels over red, green and blue; Infinity for the same pictures. */
export function psnr(a, b) {
  if (a.length !== b.length) throw new Error(`pictures of ${a.length} and ${b.length} bytes`);
  let sum = 0;
  for (let i = 0; i < a.length; i += 4) {
    for (let channel = 0; channel < 3; ++channel) sum += (a[i + channel] - b[i + channel]) ** 2;
  }
  return 10 * Math.log10(255 ** 2 / (sum / ((a.length / 4) * 3)));
}

export function differingBytes(a, b) {
  if (a.length !== b.length) return Math.max(a.length, b.length);
  let count = 0;
  for (let i = 0; i < a.length; ++i) count += a[i] === b[i] ? 0 : 1;
  return count;
}

/** Of all values but alpha: half of them differ by this much, of 255, or less. */
export function medianDifference(a, b) {
  if (a.length !== b.length) throw new Error(`pictures of ${a.length} and ${b.length} bytes`);
  const counts = new Array(256).fill(0);
  for (let i = 0; i < a.length; ++i) if (i % 4 !== 3) ++counts[Math.abs(a[i] - b[i])];
  const half = ((a.length / 4) * 3) / 2;
  let seen = 0;
  return counts.findIndex((count) => (seen += count) >= half);
}

const lumaOf = (data) => Float32Array.from({ length: data.length / 4 }, (_, i) => 0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]);

const WINDOW = 8;
const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;

/** Structural similarity of luma: the mean over windows of 8×8, every 4 pixels. */
export function ssim(a, b, width, height) {
  const [lumaA, lumaB] = [lumaOf(a), lumaOf(b)];
  let sum = 0;
  let count = 0;
  for (let top = 0; top + WINDOW <= height; top += WINDOW / 2) {
    for (let left = 0; left + WINDOW <= width; left += WINDOW / 2) {
      sum += windowSsim(lumaA, lumaB, width, left, top);
      ++count;
    }
  }
  return sum / count;
}

function windowSsim(a, b, width, left, top) {
  const n = WINDOW * WINDOW;
  let [sumA, sumB, squaresA, squaresB, products] = [0, 0, 0, 0, 0];
  for (let y = top; y < top + WINDOW; ++y) {
    for (let i = y * width + left; i < y * width + left + WINDOW; ++i) {
      sumA += a[i];
      sumB += b[i];
      squaresA += a[i] * a[i];
      squaresB += b[i] * b[i];
      products += a[i] * b[i];
    }
  }
  const [meanA, meanB] = [sumA / n, sumB / n];
  const [varianceA, varianceB] = [squaresA / n - meanA ** 2, squaresB / n - meanB ** 2];
  const covariance = products / n - meanA * meanB;
  return ((2 * meanA * meanB + C1) * (2 * covariance + C2)) / ((meanA ** 2 + meanB ** 2 + C1) * (varianceA + varianceB + C2));
}

/**
 * How far a painting's bytes are from the floats they stand for: bytes show values from `low` to `high`, clamped, so the
 * floats are clamped as well. `floats`: [3, height, width].
 */
export function largestDifference(bytes, floats, { low, high, channelOrder }) {
  const plane = bytes.length / 4;
  let largest = 0;
  for (let channel = 0; channel < 3; ++channel) {
    const from = channelOrder === 'bgr' ? 2 - channel : channel;
    for (let i = 0; i < plane; ++i) {
      const expected = Math.min(high, Math.max(low, floats[channel * plane + i]));
      const painted = low + (bytes[4 * i + from] / 255) * (high - low);
      largest = Math.max(largest, Math.abs(painted - expected));
    }
  }
  return largest;
}
