#include "tests/support/onnx_mutation.h"

#include <array>
#include <limits>
#include <utility>

namespace brushwork {
namespace {

// Messages of onnx.proto3 that hold messages worth changing.
enum class Kind { kModel, kGraph, kNode, kAttribute, kTensor, kValueInfo, kType, kPlain };

constexpr int kVarint = 0;
constexpr int kFixed64 = 1;
constexpr int kBytes = 2;
constexpr int kFixed32 = 5;

struct Field {
  uint64_t number = 0;
  int wire = kVarint;
  uint64_t integer = 0;     // of kVarint
  std::string bytes;        // of all others
  bool is_message = false;  // of kBytes: then it has children in place of bytes
  std::vector<Field> children;
};
using Fields = std::vector<Field>;

std::optional<Kind> MessageIn(Kind parent, uint64_t number) {
  struct Rule {
    Kind parent;
    uint64_t number;
    Kind child;
  };
  static constexpr std::array<Rule, 15> kRules = {{
      {Kind::kModel, 7, Kind::kGraph},
      {Kind::kModel, 8, Kind::kPlain},
      {Kind::kModel, 14, Kind::kPlain},
      {Kind::kGraph, 1, Kind::kNode},
      {Kind::kGraph, 5, Kind::kTensor},
      {Kind::kGraph, 11, Kind::kValueInfo},
      {Kind::kGraph, 12, Kind::kValueInfo},
      {Kind::kNode, 5, Kind::kAttribute},
      {Kind::kAttribute, 5, Kind::kTensor},
      {Kind::kAttribute, 6, Kind::kGraph},
      {Kind::kValueInfo, 2, Kind::kType},
      // TypeProto, its Tensor, TensorShapeProto and Dimension, one in the other.
      {Kind::kType, 1, Kind::kType},
      {Kind::kType, 2, Kind::kType},
      {Kind::kTensor, 3, Kind::kPlain},
      {Kind::kTensor, 13, Kind::kPlain},
  }};
  for (const Rule& rule : kRules) {
    if (rule.parent == parent && rule.number == number) return rule.child;
  }
  return std::nullopt;
}

class Parser {
 public:
  explicit Parser(std::string_view bytes) : rest_(bytes) {}

  std::optional<Fields> Read(Kind kind, int depth = 0) {
    Fields fields;
    while (!rest_.empty()) {
      std::optional<Field> field = ReadField(kind, depth);
      if (!field) return std::nullopt;
      fields.push_back(std::move(*field));
    }
    return fields;
  }

 private:
  std::optional<uint64_t> ReadVarint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 70 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      if (shift < 64) value |= static_cast<uint64_t>(byte & 127) << shift;
      if (byte < 128) return value;
    }
    return std::nullopt;
  }

  std::optional<std::string_view> Take(uint64_t length) {
    if (length > rest_.size()) return std::nullopt;
    const std::string_view taken = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return taken;
  }

  std::optional<Field> ReadField(Kind kind, int depth) {
    const auto tag = ReadVarint();
    if (!tag) return std::nullopt;
    Field field;
    field.number = *tag >> 3;
    field.wire = static_cast<int>(*tag & 7);
    if (field.wire == kVarint) {
      const auto value = ReadVarint();
      if (!value) return std::nullopt;
      field.integer = *value;
      return field;
    }
    std::optional<uint64_t> length;
    if (field.wire == kBytes) length = ReadVarint();
    if (field.wire == kFixed32) length = 4;
    if (field.wire == kFixed64) length = 8;
    const auto bytes = length ? Take(*length) : std::nullopt;
    if (!bytes) return std::nullopt;
    const std::optional<Kind> child =
        field.wire == kBytes ? MessageIn(kind, field.number) : std::nullopt;
    std::optional<Fields> children;
    if (child && depth < 8) children = Parser(*bytes).Read(*child, depth + 1);
    field.is_message = children.has_value();
    if (children) field.children = std::move(*children);
    if (!children) field.bytes = *bytes;
    return field;
  }

  std::string_view rest_;
};

void AppendVarint(std::string& text, uint64_t value) {
  for (; value >= 128; value >>= 7) text += static_cast<char>(value | 128);
  text += static_cast<char>(value);
}

std::string Write(const Fields& fields) {
  std::string text;
  for (const Field& field : fields) {
    AppendVarint(text, field.number << 3 | static_cast<uint64_t>(field.wire));
    if (field.wire == kVarint) {
      AppendVarint(text, field.integer);
      continue;
    }
    const std::string bytes = field.is_message ? Write(field.children) : field.bytes;
    if (field.wire == kBytes) AppendVarint(text, bytes.size());
    text += bytes;
  }
  return text;
}

// All fields, each with the list that it is in.
struct Place {
  Fields* list;
  size_t index;
  Field& field() const { return (*list)[index]; }
};

void Collect(Fields& fields, std::vector<Place>& places) {
  for (size_t i = 0; i < fields.size(); ++i) {
    places.push_back({&fields, i});
    Collect(fields[i].children, places);
  }
}

size_t Below(Random& random, size_t count) {
  return static_cast<size_t>(random.Integer(0, static_cast<int64_t>(count) - 1));
}

uint64_t OtherInteger(uint64_t value, Random& random) {
  constexpr auto kMost = std::numeric_limits<int64_t>::max();
  switch (random.Integer(0, 5)) {
    case 0:
      return value + 1;
    case 1:
      return value - 1;
    case 2:
      return static_cast<uint64_t>(kMost) + static_cast<uint64_t>(random.Integer(0, 2));
    case 3:
      return uint64_t{1} << random.Integer(0, 40);
    case 4:
      return value * static_cast<uint64_t>(random.Integer(2, 5));
    default:
      return static_cast<uint64_t>(random.Integer(-3, 20));
  }
}

// Another string of the same file half of the time: names are only worth something as pairs.
void ChangeField(Field& field, const std::vector<Place>& places, Random& random,
                 const ChangeBytes& change) {
  if (field.wire == kVarint) {
    field.integer = OtherInteger(field.integer, random);
    return;
  }
  const Field& other = places[Below(random, places.size())].field();
  if (field.wire == kBytes && other.wire == kBytes && !other.is_message && random.Flip()) {
    field.bytes = std::string(other.bytes);
    return;
  }
  const size_t size = field.bytes.size();
  field.bytes = change(std::move(field.bytes));
  if (field.wire != kBytes) field.bytes.resize(size);
}

void MutateOnce(Fields& model, Random& random, const ChangeBytes& change) {
  std::vector<Place> places;
  Collect(model, places);
  if (places.empty()) return;
  const Place place = places[Below(random, places.size())];
  Fields& list = *place.list;
  const int64_t choice = random.Integer(0, 9);
  if (choice < 7 && !place.field().is_message) {
    ChangeField(place.field(), places, random, change);
  } else if (choice == 7) {
    list.erase(list.begin() + static_cast<ptrdiff_t>(place.index));
  } else if (choice == 8) {
    Field copy = place.field();
    list.insert(list.begin() + static_cast<ptrdiff_t>(Below(random, list.size() + 1)),
                std::move(copy));
  } else {
    std::swap(list[place.index], list[Below(random, list.size())]);
  }
}

}  // namespace

std::optional<std::vector<uint8_t>> MutateOnnx(std::span<const uint8_t> file, Random& random,
                                               const ChangeBytes& change) {
  std::optional<Fields> model =
      Parser({reinterpret_cast<const char*>(file.data()), file.size()}).Read(Kind::kModel);
  if (!model) return std::nullopt;
  const int64_t count = random.Integer(1, 3);
  for (int64_t i = 0; i < count; ++i) MutateOnce(*model, random, change);
  const std::string text = Write(*model);
  return std::vector<uint8_t>(text.begin(), text.end());
}

}  // namespace brushwork
