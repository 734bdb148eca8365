// Values between JavaScript and the core: bytes, pictures, options, statistics, styles.
#pragma once

#include <emscripten/val.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stylizer.h"

namespace brushwork::wasm {

// A Uint8Array or Uint8ClampedArray, copied into engine memory.
std::vector<uint8_t> CopyIn(const emscripten::val& bytes);

// Engine memory, copied into a new Uint8Array: engine memory moves when it grows and may be shared,
// which ImageData and structured cloning refuse.
emscripten::val CopyOut(std::span<const uint8_t> bytes);

// The same for a Float32Array.
std::vector<float> CopyFloatsIn(const emscripten::val& floats);
emscripten::val CopyFloatsOut(std::span<const float> floats);

// RGBA pixels of a Uint8Array or Uint8ClampedArray. kInvalidArgument if their number is not
// width * height.
StatusOr<Image> ImageFromPixels(const emscripten::val& pixels, int width, int height);

// `rows` of the image as an image of their own. kInvalidArgument if it has not got them.
StatusOr<Image> CopyRows(const Image& image, RowRange rows);

// { width, height, data }
emscripten::val WriteImage(const Image& image);
// { width, height, top, data }: data is that of `rows` alone, top where they begin.
emscripten::val WriteRowsOf(const ImageView& image, const RowRange& rows);

// { input, output: { low, high, bgr }, precision: 'auto' | 'float' | 'int8' }
GeneratorOptions ReadGeneratorOptions(const emscripten::val& options);

// { threads, bandRows, profile }
StylizerOptions ReadStylizerOptions(const emscripten::val& options);

// { strength, preserveColor, mask: its handle, or undefined }: how photo and painting are composed.
// The other options as by default.
StylizeOptions ReadComposeOptions(const emscripten::val& options);

// The same and { maxPixels, brush, statistics: 'auto' | 'exact' | 'thumbnail' | 'given', given:
// ReadStatistics for 'given', style: ReadOptionalStyle }. maxPixels beyond what an integer holds
// (Infinity included) means no limit, as 0 does. Errors: ReadStatistics'.
StatusOr<StylizeOptions> ReadStylizeOptions(const emscripten::val& options);

// A Float32Array.
StyleVector ReadStyle(const emscripten::val& style);
// The same, or null for undefined: the generator's own.
std::shared_ptr<const StyleVector> ReadOptionalStyle(const emscripten::val& style);
emscripten::val WriteStyle(const StyleVector& style);

// An array of Uint8Arrays (UnpackStyle's bytes), and an array of as many numbers.
StatusOr<std::vector<WeightedStyle>> ReadWeightedStyles(const emscripten::val& vectors,
                                                        const emscripten::val& weights);

// { begin, end }
RowRange ReadRows(const emscripten::val& rows);
emscripten::val WriteRows(const RowRange& rows);

// { channels: Uint32Array, values: Float32Array }: of each normalization how many channels it has,
// and all values as PackStatistics orders them.
StatusOr<NormStatistics> ReadStatistics(const emscripten::val& packed);
emscripten::val WriteStatistics(const NormStatistics& statistics);

// As JavaScript spells it.
std::string_view SourceName(StatisticsSource source);

// As JSON: [{ name, kind, folded, input, output, type: 'int8' | 'float', multiplyAdds,
// milliseconds }, ...], shapes as [height, width, channels].
std::string ProfileJson(std::span<const StepProfile> profile);

}  // namespace brushwork::wasm
