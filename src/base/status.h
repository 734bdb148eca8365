// Errors as values. Nothing in brushwork throws on bad input; every function that can fail returns
// a Status or a StatusOr, and both are [[nodiscard]]. The codes are those of the npm package's
// BrushworkError.
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace brushwork {

enum class StatusCode {
  kOk,
  kAborted,             // the caller cancelled
  kInvalidArgument,     // the message says which argument, got what, needed what
  kUnsupportedImage,    // not a picture we decode, or damaged
  kImageTooLarge,       // refused before allocating
  kUnsupportedModel,    // names the node, the operator and what is supported
  kInvalidModel,        // damaged or inconsistent ONNX; names the place
  kIncompatibleStyles,  // a style of another generator, or styles of different ones to be blended
  kOutOfMemory,
  kInternal,  // a defect of brushwork
};

// The spelling used by the JavaScript interface, such as "invalid-argument".
std::string_view StatusCodeName(StatusCode code);

class [[nodiscard]] Status {
 public:
  Status() = default;  // success
  Status(StatusCode code, std::string message) : code_(code), message_(std::move(message)) {}

  bool ok() const { return code_ == StatusCode::kOk; }
  StatusCode code() const { return code_; }
  const std::string& message() const { return message_; }

 private:
  StatusCode code_ = StatusCode::kOk;
  std::string message_;
};

inline Status OkStatus() { return {}; }
inline Status Aborted() { return {StatusCode::kAborted, "aborted by the caller"}; }
inline Status InvalidArgument(std::string m) {
  return {StatusCode::kInvalidArgument, std::move(m)};
}
inline Status UnsupportedImage(std::string m) {
  return {StatusCode::kUnsupportedImage, std::move(m)};
}
inline Status ImageTooLarge(std::string m) { return {StatusCode::kImageTooLarge, std::move(m)}; }
inline Status UnsupportedModel(std::string m) {
  return {StatusCode::kUnsupportedModel, std::move(m)};
}
inline Status InvalidModel(std::string m) { return {StatusCode::kInvalidModel, std::move(m)}; }
inline Status IncompatibleStyles(std::string m) {
  return {StatusCode::kIncompatibleStyles, std::move(m)};
}
inline Status OutOfMemory(std::string m) { return {StatusCode::kOutOfMemory, std::move(m)}; }
inline Status Internal(std::string m) { return {StatusCode::kInternal, std::move(m)}; }

// A value, or the reason why there is none. `value()` may be called only if `ok()`.
template <typename T>
class [[nodiscard]] StatusOr {
 public:
  StatusOr(T value) : value_(std::move(value)) {}         // NOLINT: implicit on purpose
  StatusOr(Status status) : status_(std::move(status)) {  // NOLINT: implicit on purpose
    assert(!status_.ok());
  }

  bool ok() const { return value_.has_value(); }
  const Status& status() const { return status_; }

  T& value() & {
    assert(ok());
    return *value_;
  }
  const T& value() const& {
    assert(ok());
    return *value_;
  }
  T&& value() && {
    assert(ok());
    return std::move(*value_);
  }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }

 private:
  Status status_;
  std::optional<T> value_;
};

}  // namespace brushwork

// Returns from the enclosing function with the error of `expression`, if it is one.
#define BRUSHWORK_RETURN_IF_ERROR(expression)            \
  do {                                                   \
    ::brushwork::Status brushwork_status = (expression); \
    if (!brushwork_status.ok()) return brushwork_status; \
  } while (false)

#define BRUSHWORK_CONCATENATE_INNER(a, b) a##b
#define BRUSHWORK_CONCATENATE(a, b) BRUSHWORK_CONCATENATE_INNER(a, b)

// `BRUSHWORK_ASSIGN_OR_RETURN(Image image, DecodeImage(bytes));` declares or assigns the value, or
// returns the error from the enclosing function.
#define BRUSHWORK_ASSIGN_OR_RETURN(declaration, expression)                                    \
  BRUSHWORK_ASSIGN_OR_RETURN_IMPL(BRUSHWORK_CONCATENATE(brushwork_or_, __LINE__), declaration, \
                                  expression)
#define BRUSHWORK_ASSIGN_OR_RETURN_IMPL(temporary, declaration, expression) \
  auto temporary = (expression);                                            \
  if (!temporary.ok()) return temporary.status();                           \
  declaration = std::move(temporary).value()
