// The smallest ONNX file that is a generator: one operator between picture and painting.

const varint = (number) => {
  const bytes = [];
  for (; number > 127; number = Math.floor(number / 128)) bytes.push((number % 128) + 128);
  return Buffer.from([...bytes, number]);
};
const number = (field, value) => Buffer.concat([varint(field * 8), varint(value)]);
const bytes = (field, ...parts) => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([varint(field * 8 + 2), varint(body.length), body]);
};

/** A ValueInfoProto of a float picture of any size. */
function picture(field, name) {
  const dims = [number(1, 1), number(1, 3), bytes(2, 'h'), bytes(2, 'w')].map((dim) => bytes(1, dim));
  return bytes(field, bytes(1, name), bytes(2, bytes(1, number(1, 1), bytes(2, ...dims))));
}

/** painting = operator(picture), in a node of that name. With `Relu` it gives back the picture. */
export function generatorWith(operator, name) {
  const node = bytes(1, bytes(1, 'x'), bytes(2, 'y'), bytes(3, name), bytes(4, operator));
  const graph = bytes(7, node, bytes(2, 'graph'), picture(11, 'x'), picture(12, 'y'));
  return Buffer.concat([number(1, 8), graph, bytes(8, number(2, 17))]);
}

/** painting = relu(picture). It normalizes nothing, so it takes no styles. */
export const reluGenerator = () => generatorWith('Relu', 'relu');
